//! What clients are told, byte for byte: a change here is a change for every client.

use serde_json::{Value, json};

use crate::support::serve;

#[tokio::test]
async fn declarations_are_as_recorded() {
    let server = serve(Default::default()).await;
    let mut all = json!({});
    for (key, method) in
        [("tools", "tools/list"), ("resources", "resources/list"), ("prompts", "prompts/list")]
    {
        all[key] = server.rpc(method, json!({})).await["result"][key].clone();
    }
    // Whether a map keeps the order of its keys is up to whoever else is linked.
    all.sort_all_objects();
    let shown = serde_json::to_string_pretty(&all).unwrap() + "\n";
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/data/declarations.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &shown).unwrap();
    }
    let recorded = std::fs::read_to_string(path).unwrap_or_default();
    assert!(recorded == shown, "declarations differ from {path}; UPDATE_EXPECT=1 records them anew");
}

#[tokio::test]
async fn schemas_are_portable_and_annotations_true() {
    let server = serve(Default::default()).await;
    let list = server.rpc("tools/list", json!({})).await;
    let tools = list["result"]["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert!(names.is_sorted(), "{names:?}");
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        plain(&tool["inputSchema"], name);
        plain(&tool["outputSchema"], name);
        let writes = ["add-filters", "remove-filters", "config"].contains(&name);
        let hints = &tool["annotations"];
        assert_eq!(hints["readOnlyHint"], json!(!writes), "{name}");
        assert_eq!(hints["destructiveHint"], json!(false), "{name}");
        assert_eq!(hints["idempotentHint"], json!(true), "{name}");
        assert!(hints["title"].is_string() && tool["title"].is_string(), "{name}");
        assert!(tool["description"].as_str().unwrap().len() > 20, "{name}");
        // Where the cluster is comes from the command line alone.
        for secret in ["kubeconfig", "context", "server", "token", "path", "host"] {
            assert!(tool["inputSchema"]["properties"].get(secret).is_none(), "{name} takes {secret}");
        }
    }
}

/// Plain types only, and nothing that some clients drop or reject.
fn plain(schema: &Value, tool: &str) {
    match schema {
        Value::Object(map) => {
            for key in
                ["$schema", "$ref", "format", "anyOf", "oneOf", "allOf", "nullable", "additionalProperties"]
            {
                assert!(!map.contains_key(key), "{tool}: {key} in {schema}");
            }
            if let Some(kind) = map.get("type") {
                assert!(kind.is_string() || kind.is_object(), "{tool}: {schema}");
            }
            map.values().for_each(|value| plain(value, tool));
        }
        Value::Array(items) => items.iter().for_each(|value| plain(value, tool)),
        _ => {}
    }
}

#[test]
fn the_reference_names_every_tool_and_argument() {
    let reference = mcp::reference();
    for word in
        ["### analyze", "`tailLines`", "### troubleshoot-pod", "k8sgpt://namespaces", "| `resourceType`"]
    {
        assert!(reference.contains(word), "{word}");
    }
}
