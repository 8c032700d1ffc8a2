//! Tools: lenient arguments, lists that say what they leave out, errors that name the field, no secrets.

use serde_json::{Value, json};

use crate::cluster::{HOSTILE, objects};
use crate::support::{Running, serve, serve_objects};

#[tokio::test]
async fn arguments_mean_what_their_writer_meant() {
    let server = serve_objects(&objects(5)).await;
    let same: &[(&str, &[Value])] = &[
        (
            "analyze",
            &[
                json!({ "namespace": "shop", "explain": true, "filters": ["Pod"], "output": "markdown" }),
                json!({ "namespace": " shop ", "explain": "true", "filters": "Pod", "output": "MARKDOWN" }),
                json!({ "ns": "shop", "explain": 1, "filter": "pods,", "format": "markdown", "backend": null }),
            ],
        ),
        (
            "list-resources",
            &[
                json!({ "resourceType": "pods", "namespace": "shop", "limit": 2 }),
                json!({ "resource_type": "Pod", "namespace": "shop", "limit": "2" }),
                json!({ "kind": "po", "namespace": "shop", "limit": 2.0, "unknown": { "deep": [] } }),
            ],
        ),
        (
            "list-events",
            &[
                json!({ "involvedObjectName": "lonely", "involvedObjectKind": "Pod" }),
                json!({ "involved_object_name": "lonely", "involvedobjectkind": "pods" }),
            ],
        ),
        (
            "get-resource",
            &[
                json!({ "resourceType": "pods", "name": "lonely", "namespace": "other" }),
                json!({ "resourceType": "v1/Pod", "name": "lonely", "namespace": "other" }),
            ],
        ),
    ];
    for (tool, spellings) in same {
        let mut texts = Vec::new();
        for arguments in *spellings {
            let text = server.text(tool, arguments.clone()).await;
            // Times and request counts differ from call to call.
            texts.push(
                text.lines().filter(|line| !line.contains(" requests ")).collect::<Vec<_>>().join("\n"),
            );
        }
        assert!(texts.windows(2).all(|pair| pair[0] == pair[1]), "{tool}: {texts:#?}");
    }
}

#[tokio::test]
async fn documented_types_are_listed() {
    let server = serve(Default::default()).await;
    let types = [
        "pods",
        "deployments",
        "services",
        "nodes",
        "jobs",
        "cronjobs",
        "statefulsets",
        "daemonsets",
        "replicasets",
        "configmaps",
        "secrets",
        "ingresses",
        "pvcs",
        "pvs",
        "pvc",
        "pv",
        "svc",
        "namespaces",
        "events",
    ];
    for resource_type in types {
        for output in ["json", "yaml", "table"] {
            let result = server
                .call("list-resources", json!({ "resourceType": resource_type, "output": output }))
                .await;
            let text = result["content"][0]["text"].as_str().unwrap();
            // A recording need not hold every type; it says so then.
            assert!(
                result["isError"] == json!(false) || text.contains("not part of the snapshot"),
                "{resource_type}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_with_its_field() {
    let server = serve_objects(&objects(5)).await;
    let cases: Vec<Value> = serde_json::from_str(include_str!("data/faults.json")).unwrap();
    for case in cases {
        let text = server.fault(case["tool"].as_str().unwrap(), case["arguments"].clone()).await;
        let parts: Vec<&str> =
            case["says"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        assert!(text.starts_with(parts[0]), "{case}: {text}");
        assert!(parts.iter().all(|part| text.contains(part)), "{case}: {text}");
        assert!(text.len() < 4000, "{text}");
    }
}

#[tokio::test]
async fn lists_are_bounded_and_can_be_continued_to_their_end() {
    let server = serve_objects(&objects(300)).await;
    for (tool, key, first) in [
        ("list-resources", "items", json!({ "resourceType": "pods", "namespace": "shop", "limit": 120 })),
        (
            "list-resources",
            "items",
            json!({ "resourceType": "pods", "namespace": "shop", "output": "table" }),
        ),
        ("list-events", "events", json!({ "namespace": "shop", "limit": 130 })),
    ] {
        let mut names: Vec<String> = Vec::new();
        let mut arguments = first.clone();
        loop {
            let result = server.call(tool, arguments.clone()).await;
            let data = &result["structuredContent"];
            let text = result["content"][0]["text"].as_str().unwrap();
            assert!(text.chars().count() <= 25_000, "{tool}: {}", text.len());
            assert!(data.to_string().chars().count() <= 25_500, "{tool}");
            let items = data[key].as_array().unwrap();
            assert_eq!(data["count"], json!(items.len()));
            names.extend(
                items.iter().map(|item| {
                    item["metadata"]["name"].as_str().or(item["name"].as_str()).unwrap().to_owned()
                }),
            );
            let token = data["metadata"]["continue"].as_str().or(data["continue"].as_str());
            let Some(token) = token else { break };
            let note = result["content"][1]["text"].as_str().unwrap();
            assert!(note.contains(&format!("next call: {tool}")), "{note}");
            arguments["continue"] = json!(token);
        }
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!((all, names.len()), (300, 300), "{tool} {first}");
    }
}

#[tokio::test]
async fn events_are_filtered_before_they_are_limited() {
    let server = serve_objects(&objects(300)).await;
    let result = server.call("list-events", json!({ "involvedObjectName": "lonely", "limit": 1 })).await;
    let events = result["structuredContent"]["events"].as_array().unwrap();
    assert_eq!(events.len(), 1, "{result}");
    assert_eq!(events[0]["involvedObject"]["name"], json!("lonely"));
}

#[tokio::test]
async fn cluster_text_is_shown_and_not_obeyed() {
    let server = serve_objects(&objects(3)).await;
    let calls = [
        ("analyze", json!({})),
        ("analyze", json!({ "output": "json", "all": true })),
        ("analyze", json!({ "output": "markdown" })),
        ("list-resources", json!({ "resourceType": "pods" })),
        ("list-resources", json!({ "resourceType": "configmaps" })),
        ("list-resources", json!({ "resourceType": "events", "output": "table" })),
        ("get-resource", json!({ "resourceType": "configmap", "name": "large", "namespace": "shop" })),
        ("get-resource", json!({ "resourceType": "pod", "name": "lonely", "output": "yaml" })),
        ("list-events", json!({})),
        ("get-resource", json!({ "resourceType": HOSTILE, "name": "x" })),
    ];
    for (tool, arguments) in calls {
        let result = server.call(tool, arguments.clone()).await;
        for block in result["content"].as_array().unwrap() {
            let text = block["text"].as_str().unwrap();
            let bad = text
                .chars()
                .find(|c| (c.is_control() && *c != '\n' && *c != '\t') || "\u{202e}\u{200b}".contains(*c));
            assert_eq!(bad, None, "{tool} {arguments}: {text}");
            let most = if arguments["output"] == "json" { 50_500 } else { 26_000 };
            assert!(text.chars().count() <= most, "{tool} {arguments}");
        }
    }
    let json = server.text("analyze", json!({ "output": "json" })).await;
    assert!(serde_json::from_str::<Value>(&json).unwrap()["results"].is_array());
}

#[tokio::test]
async fn secrets_do_not_leave() {
    let server = serve_objects(&objects(3)).await;
    for output in ["json", "yaml", "table"] {
        for (tool, arguments) in [
            ("list-resources", json!({ "resourceType": "secrets", "output": output })),
            (
                "get-resource",
                json!({ "resourceType": "Secrets", "name": "key", "namespace": "shop", "output": if output == "table" { "json" } else { output } }),
            ),
        ] {
            let result = server.call(tool, arguments).await.to_string();
            assert!(!result.contains("canary-value") && !result.contains("Y2FuYXJ5"), "{result}");
            assert!(result.contains("key"), "{result}");
        }
    }
}

#[tokio::test]
async fn an_object_is_found_where_it_is_the_only_one() {
    let server = serve_objects(&objects(3)).await;
    let result = server.call("get-resource", json!({ "resourceType": "pod", "name": "lonely" })).await;
    assert_eq!(result["structuredContent"]["namespace"], json!("other"), "{result}");
    assert!(result["content"][1]["text"].as_str().unwrap().contains("namespace other"));
    let large = server
        .call("get-resource", json!({ "resourceType": "cm", "name": "large", "namespace": "shop" }))
        .await;
    assert!(large["content"][0]["text"].as_str().unwrap().contains("characters left out"), "{large}");
}

#[tokio::test]
async fn structured_content_conforms_to_its_schema() {
    let server = serve_objects(&objects(40)).await;
    let list = server.rpc("tools/list", json!({})).await;
    let calls = [
        ("analyze", json!({})),
        ("cluster-info", json!({})),
        ("list-resources", json!({ "resourceType": "pods" })),
        ("list-resources", json!({ "resourceType": "pods", "output": "table" })),
        ("get-resource", json!({ "resourceType": "ns", "name": "shop" })),
        ("list-namespaces", json!({})),
        ("list-events", json!({ "limit": 2 })),
        ("list-filters", json!({})),
        ("add-filters", json!({ "filters": "Pod" })),
        ("remove-filters", json!({ "filters": "nothing,Pod" })),
        ("list-integrations", json!({})),
        ("config", json!({})),
        ("get-logs", json!({ "podName": "nginx-abc123" })),
    ];
    let demo = serve(Default::default()).await;
    for (tool, arguments) in calls {
        let mut result = server.call(tool, arguments.clone()).await;
        if result["isError"] == json!(true) {
            // A list of objects has no version and no logs; the demo cluster has both.
            result = demo.call(tool, arguments.clone()).await;
        }
        if result["isError"] == json!(true) {
            assert!(result.get("structuredContent").is_none());
            continue;
        }
        let declared =
            list["result"]["tools"].as_array().unwrap().iter().find(|found| found["name"] == tool).unwrap();
        conforms(tool, &declared["outputSchema"], &result["structuredContent"]);
    }
}

fn conforms(tool: &str, schema: &Value, data: &Value) {
    let data = data.as_object().unwrap();
    for key in schema["required"].as_array().unwrap() {
        assert!(data.contains_key(key.as_str().unwrap()), "{tool}: no {key} in {data:?}");
    }
    for (key, value) in data {
        let kind = schema["properties"][key]["type"]
            .as_str()
            .unwrap_or_else(|| panic!("{tool}: {key} is not declared"));
        let fits = match kind {
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            _ => value.is_object(),
        };
        assert!(fits, "{tool}: {key} is no {kind}: {value}");
    }
}

#[tokio::test]
async fn the_configuration_is_written_and_read_back() {
    let server = serve(Default::default()).await;
    let file = server.dir.path().join("k8sgpt.yaml");
    assert_eq!(server.call("config", json!({})).await["structuredContent"]["changed"], json!([]));
    assert!(!file.exists(), "reading creates nothing");
    let analyzer = json!({ "name": "host", "connection": { "url": "localhost", "port": "8085" } });
    let one = server.call("config", json!({ "customAnalyzers": analyzer })).await;
    assert_eq!(one["structuredContent"]["customAnalyzers"][0]["connection"]["port"], json!(8085), "{one}");
    let note = one["content"][1]["text"].as_str().unwrap();
    assert!(note.starts_with("custom analyzer host") && note.contains("reached"), "{one}");
    let two = json!({ "customAnalyzers": [{ "name": "other", "connection": { "url": "h", "port": 1 } }], "cache": { "type": "File" } });
    let two = server.call("config", two).await;
    assert_eq!(two["structuredContent"]["customAnalyzers"].as_array().unwrap().len(), 2);
    assert_eq!(two["structuredContent"]["cache"]["type"], json!("file"));
    assert!(std::fs::read_to_string(file).unwrap().contains("custom_analyzers"));
    filters(&server).await;
}

async fn filters(server: &Server) {
    let active = |result: &Value| result["structuredContent"]["activeFilters"].as_array().unwrap().len();
    let before = active(&server.call("list-filters", json!({})).await);
    let added = server.call("add-filters", json!({ "filters": ["Pod"] })).await;
    assert_eq!(added["content"][0]["text"], json!("All specified filters were already active"));
    assert_eq!(active(&added), before);
    let resource = server.rpc("resources/read", json!({ "uri": "k8sgpt://active-filters" })).await;
    let resource: Value =
        serde_json::from_str(resource["result"]["contents"][0]["text"].as_str().unwrap()).unwrap();
    assert_eq!(resource["count"], json!(before));
}

type Server = Running;
