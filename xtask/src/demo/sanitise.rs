//! Takes out of a recording what belongs to the machine it was made on, and every value of a Secret.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// Texts to replace (longest first) and texts that must not remain.
pub(crate) struct Sanitiser {
    replace: Vec<(String, String)>,
    forbidden: Vec<String>,
}

impl Sanitiser {
    /// With the replacements of the caller, and the home folder and host name of this machine forbidden.
    pub(crate) fn new(mut replace: Vec<(String, String)>) -> Self {
        replace.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default().trim().to_owned();
        let home = std::env::var("HOME").unwrap_or_default();
        // A short name ("vm") would occur in ordinary words.
        let forbidden = [home, host].into_iter().filter(|text| text.len() >= 5).collect();
        Self { replace, forbidden }
    }

    /// Adds `address` → a documentation-like address for each node, so that addresses stay consistent.
    pub(crate) fn add_node_addresses(&mut self, nodes: &Value) {
        let mut seen: Vec<&str> = Vec::new();
        for node in items(nodes) {
            let addresses = node.pointer("/status/addresses").and_then(Value::as_array);
            for address in addresses.into_iter().flatten().filter(|a| a["type"] == "InternalIP") {
                if let Some(ip) = address["address"].as_str()
                    && !seen.contains(&ip)
                {
                    seen.push(ip);
                    self.replace.push((ip.to_owned(), format!("172.18.0.{}", seen.len() + 1)));
                }
            }
        }
    }

    /// Replaces in a text; an error when a forbidden text remains.
    pub(crate) fn text(&self, text: &str, whence: &str) -> Result<String> {
        let mut out = text.to_owned();
        for (from, to) in &self.replace {
            if out.contains(from.as_str()) {
                out = out.replace(from.as_str(), to);
            }
        }
        match self.forbidden.iter().find(|f| out.contains(f.as_str())) {
            Some(found) => {
                Err(Error::Other(format!("{whence} holds {found:?}: add --replace {found}=SOMETHING")))
            }
            None => Ok(out),
        }
    }

    /// Sanitises a list or an object and gives it as compact JSON.
    pub(crate) fn json(&self, mut value: Value, whence: &str) -> Result<String> {
        let list_kind = value["kind"].as_str().unwrap_or_default().trim_end_matches("List").to_owned();
        if let Some(list) = value.get_mut("items").and_then(Value::as_array_mut) {
            list.iter_mut().for_each(|item| object(item, &list_kind));
        }
        self.text(&value.to_string(), whence)
    }
}

/// The items of a list.
pub(crate) fn items(list: &Value) -> &[Value] {
    list["items"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn object(item: &mut Value, kind: &str) {
    if let Some(metadata) = item.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }
    match kind {
        "Secret" => ["data", "stringData"].iter().for_each(|key| empty_values(item.get_mut(*key))),
        "Node" => node(item),
        // The API server's own lease carries the name of its host.
        "Lease" => {
            if let Some(label) = item.pointer_mut("/metadata/labels/kubernetes.io~1hostname") {
                *label = json!("control-plane");
            }
        }
        _ => {}
    }
}

fn empty_values(map: Option<&mut Value>) {
    let values = map.and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut);
    values.for_each(|value| *value = json!(""));
}

/// The identity of the machine, and the list of its images, which says nothing about the cluster.
fn node(item: &mut Value) {
    if let Some(status) = item.get_mut("status").and_then(Value::as_object_mut) {
        status.remove("images");
    }
    if let Some(info) = item.pointer_mut("/status/nodeInfo").and_then(Value::as_object_mut) {
        for key in ["machineID", "systemUUID", "bootID"] {
            info.insert(key.into(), json!("00000000-0000-0000-0000-000000000000"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(replace: &[(&str, &str)], forbidden: &[&str]) -> Sanitiser {
        let replace = replace.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        Sanitiser {
            forbidden: forbidden.iter().map(|f| (*f).to_owned()).collect(),
            ..Sanitiser::new(replace)
        }
    }

    #[test]
    fn secret_values_and_copies_of_objects_go_and_names_stay() {
        let list = json!({"kind": "SecretList", "items": [{
            "metadata": {"name": "a", "managedFields": [1], "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{\"data\":\"hush\"}", "team": "b"}},
            "data": {"password": "hush"}}]});
        let out = with(&[], &[]).json(list, "secrets").unwrap();
        assert!(!out.contains("hush") && !out.contains("managedFields"));
        assert!(out.contains("password") && out.contains("team"));
    }

    #[test]
    fn longer_replacements_go_first_and_what_remains_is_refused() {
        let s = with(&[("/h", "/x"), ("/h/kubelet", "/var/lib/kubelet")], &["else/where"]);
        assert_eq!(s.text("/h/kubelet/pods /h/a", "t").unwrap(), "/var/lib/kubelet/pods /x/a");
        assert!(s.text("in else/where/x", "t").is_err());
    }

    #[test]
    fn node_addresses_become_neutral_everywhere() {
        let nodes = json!({"kind": "NodeList", "items": [{"status": {
            "addresses": [{"type": "InternalIP", "address": "10.9.8.7"}], "nodeInfo": {"machineID": "abc"}}}]});
        let mut s = with(&[], &[]);
        s.add_node_addresses(&nodes);
        let out = s.json(nodes, "nodes").unwrap();
        assert!(!out.contains("10.9.8.7") && out.contains("172.18.0.2") && !out.contains("abc"));
    }
}
