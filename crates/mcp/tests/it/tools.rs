use crate::support::serve;
use serde_json::json;

#[tokio::test]
async fn look() {
    let server = serve(Default::default()).await;
    for (tool, args) in [
        ("cluster-info", json!({})),
        ("analyze", json!({})),
        ("list-namespaces", json!({})),
        ("list-resources", json!({"resourceType": "pods", "output": "table"})),
        ("list-resources", json!({"resourceType": "pods", "limit": 3})),
        ("list-events", json!({"limit": 5})),
        ("list-filters", json!({})),
        ("list-integrations", json!({})),
        ("config", json!({})),
        ("get-logs", json!({"podName": "nope"})),
        ("list-resources", json!({"resourceType": "pvcs"})),
        ("list-resources", json!({"resourceType": "podz"})),
        ("list-resources", json!({"resourceType": "pods", "namespace": "nope"})),
    ] {
        let result = server.call(tool, args.clone()).await;
        println!("=== {tool} {args} isError={}", result["isError"]);
        for c in result["content"].as_array().unwrap() {
            println!("{}", mcpcut(c["text"].as_str().unwrap()));
        }
    }
    println!(
        "{}",
        server
            .curl(
                r#"{"jsonrpc":"2.0","id":5,"method":"prompts/get","params":{"name":"troubleshoot-cluster"}}"#
            )
            .await
            .json()["result"]["messages"][0]["content"]["text"]
            .as_str()
            .unwrap()
    );
}
fn mcpcut(s: &str) -> String {
    s.chars().take(2500).collect()
}
