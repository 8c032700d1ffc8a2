//! Custom analyzers by the tools: checked before they are saved, tried after, asked with an analysis.

use serde_json::{Value, json};

use crate::support::serve;

fn at(name: &str, url: &str, port: u16) -> Value {
    json!({ "customAnalyzers": { "name": name, "connection": { "url": url, "port": port } } })
}

#[tokio::test]
async fn what_is_refused_is_not_saved() {
    let server = serve(Default::default()).await;
    for (name, url, part) in [
        ("Upper", "localhost", "lower-case"),
        ("pods", "localhost", "the filter Pod is called so"),
        ("a", "analyzer.example.com", "write https://analyzer.example.com"),
        ("a", "https://169.254.169.254", "never called"),
        ("a", "http://metadata.google.internal", "never called"),
        ("a", "https://user:hunter2@host", "token_file"),
        ("a", "file:///etc/passwd", "https://HOST"),
        ("a", "2130706433", "neither a host name"),
    ] {
        let said = server.fault("config", at(name, url, 1)).await;
        assert!(said.starts_with("customAnalyzers[0]: ") && said.contains(part), "{url}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let two = json!({ "customAnalyzers": [
        { "name": "a", "connection": { "url": "localhost", "port": 1 } },
        { "name": "b", "connection": { "url": "LOCALHOST", "port": 1 } },
    ] });
    let said = server.fault("config", two).await;
    assert!(said.contains("a is at localhost:1 already"), "{said}");
    assert!(!server.dir.path().join("k8sgpt.yaml").exists());
}

#[tokio::test]
async fn a_token_does_not_follow_to_another_host() {
    let server = serve(Default::default()).await;
    let file = server.dir.path().join("k8sgpt.yaml");
    let entry = "custom_analyzers: [{name: a, connection: {url: localhost, port: 1}, token_env: CANARY}]\n";
    std::fs::write(&file, entry).unwrap();
    let same = server.call("config", at("a", "localhost", 1)).await;
    assert_eq!(std::fs::read_to_string(&file).unwrap(), entry, "{same}");
    let moved = server.call("config", at("a", "https://evil.invalid", 1)).await;
    assert!(moved["structuredContent"]["notes"].to_string().contains("token is not sent there"), "{moved}");
    assert!(!std::fs::read_to_string(&file).unwrap().contains("CANARY"));
}

#[tokio::test]
async fn one_is_asked_when_it_was_chosen() {
    let server = serve(Default::default()).await;
    let saved = server.call("config", at("disk-check", "127.0.0.1", 1)).await;
    let notes = saved["structuredContent"]["notes"].to_string();
    assert!(
        notes.contains("custom analyzer disk-check: saved, but 127.0.0.1:1 cannot be reached"),
        "{saved}"
    );
    let errors = async |arguments: Value| -> String {
        let report = server.call("analyze", arguments).await;
        report["structuredContent"]["errors"].to_string()
    };
    // A recording is not what it looks at, unless somebody says so.
    assert_eq!(errors(json!({})).await, "null");
    assert_eq!(errors(json!({ "filters": "Pod" })).await, "null");
    for arguments in [json!({ "customAnalysis": true }), json!({ "filters": "Disk-Check" })] {
        let said = errors(arguments).await;
        assert!(said.starts_with("[\"[disk-check] 127.0.0.1:1 cannot be reached"), "{said}");
    }
    let near = server.fault("analyze", json!({ "filters": "disk-chek" })).await;
    assert!(near.contains("did you mean disk-check?"), "{near}");
    let list = server.call("list-filters", json!({})).await;
    assert_eq!(list["structuredContent"]["customAnalyzers"], json!(["disk-check"]));
    let added = server.call("add-filters", json!({ "filters": "disk-check" })).await;
    assert_eq!(added["structuredContent"]["added"], json!(["disk-check"]), "{added}");
    assert!(errors(json!({})).await.contains("[disk-check]"));
}
