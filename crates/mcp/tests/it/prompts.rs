//! Prompts say what the cluster says now, and resources are read by both their names.

use serde_json::{Value, json};

use crate::cluster::objects;
use crate::support::{Running, serve, serve_objects};

async fn prompt(server: &Running, name: &str, arguments: Value) -> Value {
    server.rpc("prompts/get", json!({ "name": name, "arguments": arguments })).await
}

fn text(answer: &Value) -> &str {
    answer["result"]["messages"][0]["content"]["text"].as_str().unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test]
async fn prompts_quote_what_the_cluster_says_now() {
    let server = serve_objects(&objects(5)).await;
    let pod = prompt(&server, "troubleshoot-pod", json!({ "podName": "lonely", "namespace": "other" })).await;
    let deployment =
        prompt(&server, "troubleshoot-deployment", json!({ "deploymentName": "web", "namespace": "shop" }))
            .await;
    let cluster = prompt(&server, "troubleshoot-cluster", json!({})).await;
    for (answer, parts) in [
        (&pod, &["Pod: lonely", "Namespace: other", "CrashLoopBackOff", "BackOff", "Steps:"][..]),
        (
            &deployment,
            &["Deployment: web", "3 wanted, 0 ready", "MinimumReplicasUnavailable", "web-000", "Steps:"],
        ),
        (&cluster, &["root cause", "Latest warnings", "Steps:"]),
    ] {
        let text = text(answer);
        for part in parts {
            assert!(text.contains(part), "no {part} in {text}");
        }
        assert!(text.chars().count() < 60_000);
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
        let opened = text.matches("\n<<<data ").count();
        assert_eq!(
            opened,
            text.lines().filter(|line| line.starts_with("data ") && line.ends_with(">>>")).count()
        );
        assert!(opened >= 3, "{text}");
    }
}

#[tokio::test]
async fn prompts_about_nothing_are_refused() {
    let server = serve_objects(&objects(5)).await;
    let cases = [
        (
            "troubleshoot-pod",
            json!({ "podName": "lonly", "namespace": "other" }),
            &["podName", "lonly", "lonely"][..],
        ),
        ("troubleshoot-pod", json!({ "podName": "lonely" }), &["namespace", "required"]),
        (
            "troubleshoot-pod",
            json!({ "podName": "lonely", "namespace": "others" }),
            &["namespace", "others", "other"],
        ),
        (
            "troubleshoot-deployment",
            json!({ "deploymentName": "wep", "namespace": "shop" }),
            &["deploymentName", "web"],
        ),
        ("troubleshoot-deployment", json!({ "namespace": "shop" }), &["deploymentName", "required"]),
    ];
    for (name, arguments, parts) in cases {
        let answer = prompt(&server, name, arguments.clone()).await;
        assert_eq!(answer["error"]["code"], json!(-32602), "{name} {arguments}: {answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(parts.iter().all(|part| message.contains(part)), "{name} {arguments}: {message}");
    }
}

#[tokio::test]
async fn resources_are_read_by_uri_and_by_name() {
    let server = serve(Default::default()).await;
    for (name, keys) in [
        ("cluster-info", &["gitVersion", "platform", "version"][..]),
        ("namespaces", &["count", "namespaces"]),
        ("active-filters", &["activeFilters", "count"]),
    ] {
        for uri in [name.to_owned(), format!("k8sgpt://{name}")] {
            let answer = server.rpc("resources/read", json!({ "uri": uri })).await;
            let contents = &answer["result"]["contents"][0];
            assert_eq!(contents["uri"], json!(uri), "{answer}");
            assert_eq!(contents["mimeType"], json!("application/json"));
            let value: Value = serde_json::from_str(contents["text"].as_str().unwrap()).unwrap();
            let found: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(found, keys);
        }
    }
    let unknown = server.rpc("resources/read", json!({ "uri": "namespace" })).await;
    assert_eq!(unknown["error"]["data"]["uri"], json!("namespace"));
    assert!(unknown["error"]["message"].as_str().unwrap().contains("did you mean namespaces?"), "{unknown}");
}
