//! Discovery of a snapshot, in the aggregated form and in the plain one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::Answer;
use crate::resource::Resource;

/// Answers `/api` and `/apis`.
pub(super) fn roots(resources: &[Resource], core: bool, aggregated: bool) -> Answer {
    if aggregated {
        return Answer::json(&aggregate(resources, core));
    }
    if core {
        return Answer::json(&json!({"kind": "APIVersions", "versions": ["v1"]}));
    }
    let groups: Vec<Value> = by_group(resources)
        .iter()
        .filter(|(group, _)| !group.is_empty())
        .map(|(group, versions)| {
            let list: Vec<Value> = versions.keys().map(|version| group_version(group, version)).collect();
            json!({"name": group, "versions": list, "preferredVersion": list.first()})
        })
        .collect();
    Answer::json(&json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}))
}

fn group_version(group: &str, version: &str) -> Value {
    json!({"groupVersion": format!("{group}/{version}"), "version": version})
}

/// Answers `/api/v1` and `/apis/{group}/{version}`, or nothing when there is no such group.
pub(super) fn group(resources: &[Resource], group: &str, version: &str) -> Option<Answer> {
    let list: Vec<Value> = resources
        .iter()
        .filter(|r| r.group == group && r.version == version)
        .map(|r| {
            json!({
                "name": r.plural, "singularName": r.singular, "namespaced": r.namespaced, "kind": r.kind,
                "verbs": verbs(r), "shortNames": r.short_names,
            })
        })
        .collect();
    if list.is_empty() {
        return None;
    }
    let name = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    Some(Answer::json(
        &json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": name, "resources": list}),
    ))
}

fn aggregate(resources: &[Resource], core: bool) -> Value {
    let items: Vec<Value> = by_group(resources)
        .iter()
        .filter(|(group, _)| group.is_empty() == core)
        .map(|(group, versions)| {
            let versions: Vec<Value> = versions
                .iter()
                .map(|(version, list)| {
                    let list: Vec<Value> = list.iter().map(|r| aggregated_resource(r)).collect();
                    json!({"version": version, "resources": list, "freshness": "Current"})
                })
                .collect();
            json!({"metadata": {"name": group}, "versions": versions})
        })
        .collect();
    json!({
        "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items,
    })
}

fn aggregated_resource(r: &Resource) -> Value {
    json!({
        "resource": r.plural, "singularResource": r.singular, "verbs": verbs(r), "shortNames": r.short_names,
        "responseKind": {"group": r.group, "version": r.version, "kind": r.kind},
        "scope": if r.namespaced { "Namespaced" } else { "Cluster" },
    })
}

/// A snapshot can be read and nothing else, whatever the cluster offered. Types that the recorder
/// did not ask discovery about have no verbs of their own.
fn verbs(r: &Resource) -> Vec<&'static str> {
    let offered = |verb: &str| r.verbs.is_empty() || r.verbs.iter().any(|offered| offered == verb);
    ["get", "list"].into_iter().filter(|verb| offered(verb)).collect()
}

fn by_group(resources: &[Resource]) -> BTreeMap<&str, BTreeMap<&str, Vec<&Resource>>> {
    let mut groups: BTreeMap<&str, BTreeMap<&str, Vec<&Resource>>> = BTreeMap::new();
    for r in resources {
        groups.entry(&r.group).or_default().entry(&r.version).or_default().push(r);
    }
    groups
}
