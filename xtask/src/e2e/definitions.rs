//! Permissive definitions of the custom types that fixtures hold, so that a bare API server takes their objects.

use serde_json::{Value, json};

/// The definition of an object's type: any field is kept, and conditions are declared, because instances of
/// types that declare none are not read.
pub(crate) fn of(object: &Value) -> Option<Value> {
    let (group, version) = object["apiVersion"].as_str()?.split_once('/')?;
    let kind = object["kind"].as_str()?;
    let plural = plural(kind);
    let scope = if object["metadata"]["namespace"].is_string() { "Namespaced" } else { "Cluster" };
    let anything = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
    let mut status = anything.clone();
    status["properties"]["conditions"] = json!({"type": "array", "items": anything});
    let mut schema = anything.clone();
    schema["properties"] = json!({"spec": anything, "status": status});
    let mut definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.{group}")},
        "spec": {
            "group": group,
            "scope": scope,
            "names": {"kind": kind, "plural": plural, "singular": kind.to_lowercase(), "listKind": format!("{kind}List")},
            "versions": [{"name": version, "served": true, "storage": true, "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": schema}}],
        },
    });
    if group.ends_with(".k8s.io") {
        // Such groups are Kubernetes' own; the server wants to know who approved of the definition.
        definition["metadata"]["annotations"] =
            json!({"api-approved.kubernetes.io": "unapproved, for tests"});
    }
    Some(definition)
}

fn plural(kind: &str) -> String {
    let lower = kind.to_lowercase();
    match lower.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if lower.ends_with(['s', 'x']) || lower.ends_with("ch") => format!("{lower}es"),
        _ => format!("{lower}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_their_plurals() {
        let all =
            ["Gateway", "GatewayClass", "HTTPRoute", "GitRepository", "Postgres", "Ingress"].map(plural);
        assert_eq!(
            all,
            ["gateways", "gatewayclasses", "httproutes", "gitrepositories", "postgreses", "ingresses"]
        );
    }
}
