//! Takes secrets out of objects. Every raw object that leaves this crate, and every object that is
//! written to a snapshot or read from one, passes here first.
//!
//! What decides is the object's own kind, never how a request spelled it.

use serde_json::{Map, Value};

/// Annotations that hold a copy of a whole object, and so of whatever secrets it holds.
const COPIES: &[&str] = &[
    "kapp.k14s.io/original",
    "objectset.rio.cattle.io/applied",
    "pod-template.alpha.kubernetes.io/original",
];

/// Redacts one object, or every item if it is a list.
///
/// A Secret keeps its metadata, type and keys, each value replaced by `<redacted N bytes>`. Any
/// object loses managed fields and annotations that copy objects; values of environment variables
/// and arguments with secret-like names, private keys, tokens and passwords in URLs are replaced.
pub(crate) fn object(value: &mut Value) {
    as_kind(value, None);
}

/// As [`object`], for an item whose own `kind` is missing because only its list names it.
pub(crate) fn as_kind(value: &mut Value, kind: Option<&str>) {
    let Value::Object(map) = value else { return };
    let own = map.get("kind").and_then(Value::as_str).map(str::to_owned);
    let kind = own.as_deref().or(kind).unwrap_or_default();
    if let (Some(Value::Array(items)), true) =
        (map.get_mut("items"), kind.is_empty() || kind.ends_with("List"))
    {
        let item_kind = kind.strip_suffix("List").filter(|k| !k.is_empty());
        for item in items {
            as_kind(item, item_kind);
        }
        return;
    }
    clean_metadata(map);
    if kind == "Secret" {
        as_secret(value);
    }
    if let Value::Object(map) = value {
        walk(map);
    }
}

/// Blanks the values of an object that is a Secret whatever it calls itself.
pub(crate) fn as_secret(value: &mut Value) {
    for field in ["data", "stringData"] {
        if let Some(values) = value.get_mut(field) {
            blank(values, field == "data");
        }
    }
}

fn clean_metadata(map: &mut Map<String, Value>) {
    let Some(Value::Object(metadata)) = map.get_mut("metadata") else { return };
    metadata.remove("managedFields");
    if let Some(Value::Object(annotations)) = metadata.get_mut("annotations") {
        annotations.retain(|key, _| !key.contains("last-applied") && !COPIES.contains(&key.as_str()));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
}

/// Replaces every value below `values` by a marker; the keys stay.
fn blank(values: &mut Value, base64: bool) {
    match values {
        Value::Object(map) => map.values_mut().for_each(|value| *value = marker(value, base64)),
        Value::Null => {}
        other => *other = marker(other, base64),
    }
}

fn marker(value: &Value, base64: bool) -> Value {
    let bytes = match value {
        Value::Null => 0,
        Value::String(text) if is_marker(text) => return value.clone(),
        Value::String(text) if base64 => {
            let padding = text.bytes().rev().take_while(|b| *b == b'=').count();
            (text.trim_end().len() * 3 / 4).saturating_sub(padding)
        }
        Value::String(text) => text.len(),
        other => other.to_string().len(),
    };
    Value::String(format!("<redacted {bytes} bytes>"))
}

fn is_marker(text: &str) -> bool {
    text.strip_prefix("<redacted ")
        .and_then(|rest| rest.strip_suffix(" bytes>"))
        .is_some_and(|count| count.bytes().all(|b| b.is_ascii_digit()))
}

/// Visits every value: environment variables, arguments, and all text.
fn walk(map: &mut Map<String, Value>) {
    for (key, value) in map.iter_mut() {
        match value {
            Value::Array(items) if key == "env" => items.iter_mut().for_each(environment),
            Value::Array(items) if key == "args" || key == "command" => arguments(items),
            _ => {}
        }
        visit(value);
    }
}

fn visit(value: &mut Value) {
    match value {
        Value::Object(map) => walk(map),
        Value::Array(items) => items.iter_mut().for_each(visit),
        Value::String(text) => {
            if let Some(clean) = view::without_credentials(text) {
                *text = clean;
            }
        }
        _ => {}
    }
}

fn environment(entry: &mut Value) {
    let secret = entry.get("name").and_then(Value::as_str).is_some_and(view::looks_secret);
    if let (true, Some(value)) = (secret, entry.get_mut("value"))
        && value.as_str().is_some_and(|text| !text.is_empty())
    {
        *value = marker(value, false);
    }
}

/// `--token=x`, `--token x`, `-password=x`, `PASSWORD=x`.
fn arguments(items: &mut [Value]) {
    let mut next_is_secret = false;
    for item in items {
        let Value::String(text) = item else { continue };
        if std::mem::take(&mut next_is_secret) && !text.starts_with('-') {
            *item = marker(item, false);
            continue;
        }
        match text.split_once('=') {
            Some((name, value)) if view::looks_secret(name) && !name.contains(char::is_whitespace) => {
                *text = format!("{name}=<redacted {} bytes>", value.len());
            }
            None if text.starts_with("--") && view::looks_secret(text) => next_is_secret = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_keeps_its_keys_and_sizes() {
        let mut secret = json!({
            "kind": "Secret", "type": "Opaque",
            "metadata": {"name": "db", "managedFields": [{"f:data": "CANARY"}], "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":\"CANARY\"}", "team": "a"}},
            "data": {"password": "Q0FOQVJZQ0FOQVJZMTIzNA=="}, "stringData": {"x": "CANARY"},
        });
        object(&mut secret);
        assert!(!secret.to_string().contains("CANARY"));
        assert_eq!(secret["data"]["password"], "<redacted 16 bytes>");
        assert_eq!(secret["stringData"]["x"], "<redacted 6 bytes>");
        assert_eq!(secret["metadata"]["annotations"], json!({"team": "a"}));
        let once = secret.clone();
        object(&mut secret);
        assert_eq!(secret, once, "redacting twice changes nothing");
    }

    #[test]
    fn secrets_inside_lists_are_found() {
        for kind in ["SecretList", "List"] {
            let item_kind = if kind == "List" { json!("Secret") } else { Value::Null };
            let mut list = json!({"kind": kind, "items": [{"kind": item_kind, "data": {"a": "Q0FOQVJZ"}}]});
            object(&mut list);
            assert_eq!(list["items"][0]["data"]["a"], "<redacted 6 bytes>", "{kind}");
        }
    }

    #[test]
    fn environment_and_arguments_with_secret_names() {
        let mut pod = json!({"kind": "Pod", "spec": {"containers": [{
            "env": [{"name": "DB_PASSWORD", "value": "CANARY"}, {"name": "HOST", "value": "db"},
                    {"name": "TOKEN_FILE", "value": "/run/t"}],
            "args": ["--api-key=CANARY", "--token", "CANARY", "--verbose", "serve"],
        }]}});
        object(&mut pod);
        assert!(!pod.to_string().contains("CANARY"), "{pod}");
        let container = &pod["spec"]["containers"][0];
        assert_eq!(container["env"][1]["value"], "db");
        assert_eq!(container["env"][2]["value"], "/run/t");
        assert_eq!(container["args"][4], "serve");
    }

    #[test]
    fn secret_like_names() {
        for name in ["DB_PASSWORD", "accessKey", "AWS_SECRET_ACCESS_KEY", "apikey", "--auth-token", "SSH_KEY"]
        {
            assert!(view::looks_secret(name), "{name}");
        }
        for name in ["KEYCLOAK_HOST", "MONKEYS_ENABLED", "PASSENGERS", "TLS_KEY_FILE", "HOST", "AUTHOR"] {
            assert!(!view::looks_secret(name), "{name}");
        }
    }
}
