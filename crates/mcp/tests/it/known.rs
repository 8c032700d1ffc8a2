//! What is known stays hidden over MCP too; one object can be asked about; large answers are bounded.

use serde_json::{Value, json};

use crate::support::{serve, serve_objects};

#[tokio::test]
async fn the_ignore_file_counts_and_is_listed_on_request() {
    let server = serve(Default::default()).await;
    let before = server.call("analyze", json!({})).await["structuredContent"].clone();
    assert_eq!((&before["suppressed"], &before["suppressed_by"]["ignore_file"]), (&json!(0), &json!(0)));
    std::fs::write(server.dir.path().join("ignore.yaml"), "- {rule: secret/*, reason: known}\n").unwrap();
    let result = server.call("analyze", json!({})).await;
    let data = &result["structuredContent"];
    let hidden = data["suppressed"].as_u64().unwrap();
    assert!(hidden > 1);
    assert_eq!(
        data["causes"].as_array().unwrap().len() + hidden as usize,
        before["causes"].as_array().unwrap().len()
    );
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.contains(&format!("{hidden} known causes hidden (ignore file {hidden})")), "{text}");
    let listed = server.call("analyze", json!({ "showSuppressed": "true" })).await;
    let causes = listed["structuredContent"]["suppressed_causes"].as_array().unwrap().clone();
    assert_eq!((causes.len() as u64, &causes[0]["reason"]), (hidden, &json!("known")));
    std::fs::write(server.dir.path().join("ignore.yaml"), "- {rule: secret/x, reason: known}\n").unwrap();
    let fault = server.fault("analyze", json!({})).await;
    assert!(fault.contains("ignore.yaml line 1: rule \"secret/x\" does not exist"), "{fault}");
}

#[tokio::test]
async fn one_object_is_diagnosed() {
    let server = serve(Default::default()).await;
    for object in ["Deployment/checkout", "deploy production/checkout"] {
        let result = server.call("analyze", json!({ "object": object })).await;
        let data = &result["structuredContent"];
        assert_eq!(data["object"]["name"], json!("production/checkout"), "{result}");
        assert_eq!(data["causes"].as_array().unwrap().len(), 1, "{result}");
    }
    let fault = server.fault("analyze", json!({ "object": "Deployment/chekout" })).await;
    assert!(fault.starts_with("object: Deployment chekout does not exist; did you mean"), "{fault}");
    let fault = server.fault("analyze", json!({ "since": "soon" })).await;
    assert!(fault.starts_with("since: "), "{fault}");
}

/// Broken pods without an owner: as many causes as pods.
fn broken(count: usize) -> Value {
    let pods = (0..count).map(|n| {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": { "name": format!("app-{n}-x"), "namespace": "shop", "uid": format!("u{n}"), "creationTimestamp": "2026-01-01T00:00:00Z" },
            "spec": { "nodeName": "n1", "containers": [{ "name": "main", "image": "web:broken" }] },
            "status": { "phase": "Pending", "containerStatuses": [{ "name": "main", "ready": false, "state": { "waiting": {
                "reason": "ImagePullBackOff", "message": format!("Back-off pulling image: {}", "not found ".repeat(20)) } } }] },
        })
    });
    let node = json!({ "apiVersion": "v1", "kind": "Node", "metadata": { "name": "n1", "creationTimestamp": "2026-01-02T00:00:00Z" },
        "status": { "conditions": [{ "type": "Ready", "status": "True" }] } });
    json!({ "apiVersion": "v1", "kind": "List", "items": pods.chain([node]).collect::<Vec<_>>() })
}

#[tokio::test]
async fn large_answers_are_bounded_and_say_what_they_leave_out() {
    let server = serve_objects(&broken(600)).await;
    for arguments in [
        json!({}),
        json!({ "all": true }),
        json!({ "output": "markdown", "all": true }),
        json!({ "output": "json", "all": true, "explain": true }),
    ] {
        let result = server.call("analyze", arguments.clone()).await;
        let text = result["content"][0]["text"].as_str().unwrap();
        let budget = if arguments["output"] == json!("json") { 50_000 } else { 25_000 };
        assert!(text.chars().count() <= budget, "{arguments}: {}", text.chars().count());
        let data = &result["structuredContent"];
        assert!(data.to_string().chars().count() <= 52_000, "{arguments}");
        assert!(data["left_out"]["causes"].as_u64().unwrap() > 100, "{arguments}: {}", data["left_out"]);
        if budget == 25_000 {
            assert!(
                text.contains("more root causes left out") && text.contains("narrow by namespace"),
                "{text}"
            );
        }
    }
}
