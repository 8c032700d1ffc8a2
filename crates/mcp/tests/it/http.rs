//! HTTP: what is documented, what real clients send, and who is let in.

use mcp::{HttpOptions, Token};
use serde_json::{Value, json};

use crate::support::serve;

const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
const ANY: &[&str] = &["Accept: */*", "Content-Type: application/json"];

#[tokio::test]
async fn every_documented_request_is_answered() {
    let server = serve(HttpOptions::default()).await;
    let requests: Vec<Value> = serde_json::from_str(include_str!("data/documented.json")).unwrap();
    for request in requests {
        let answer = server.curl(&request.to_string()).await;
        assert_eq!(answer.status, 200, "{request}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{request}");
        let answer = answer.json();
        assert_eq!(answer["id"], request["id"]);
        assert!(answer["result"].is_object(), "{request}: {answer}");
        // The small demo cluster has no analyzer Service yet where the program is built without it.
        if request["params"]["name"] != "add-filters" {
            assert_ne!(answer["result"]["isError"], json!(true), "{request}: {answer}");
        }
    }
}

#[tokio::test]
async fn headers_of_careless_clients_do_not_matter() {
    let server = serve(HttpOptions::default()).await;
    let heads: &[&[&str]] = &[
        &[],
        &["Accept: */*"],
        &["Accept: application/json"],
        &["Accept: text/html"],
        &["Accept: application/json, text/event-stream", "Content-Type: application/json"],
        &["Content-Type: application/x-www-form-urlencoded"],
        &["Content-Type: application/json; charset=utf-8"],
        &["Content-Type: text/plain"],
        &["Mcp-Session-Id: left-over"],
        &["MCP-Protocol-Version: 2025-06-18"],
        &["MCP-Protocol-Version: 2024-11-05"],
    ];
    for headers in heads {
        for path in ["/mcp", "/mcp/"] {
            let answer = server.request("POST", path, headers, LIST.as_bytes()).await;
            assert_eq!(answer.status, 200, "{headers:?}: {answer:?}");
            assert_eq!(answer.header("content-type"), Some("application/json"), "{headers:?}");
            assert_eq!(answer.json()["result"]["tools"].as_array().unwrap().len(), 12, "{headers:?}");
        }
    }
}

#[tokio::test]
async fn whatever_is_wrong_is_said_in_json() {
    let server = serve(HttpOptions::default()).await;
    let mut cases: Vec<Value> = serde_json::from_str(include_str!("data/refused.json")).unwrap();
    let deep = format!("{{\"jsonrpc\":{}{}}}", "[".repeat(9000), "]".repeat(9000));
    cases.push(json!({ "body": deep, "status": 400, "code": -32700, "id": null }));
    for case in &cases {
        let answer = server.curl(case["body"].as_str().unwrap()).await;
        assert_eq!(answer.status, case["status"].as_u64().unwrap() as u16, "{case}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/json"), "{case}");
        let answer = answer.json();
        assert_eq!(answer["error"]["code"], case["code"], "{case}: {answer}");
        assert_eq!(answer.get("id").unwrap_or(&Value::Null), &case["id"], "{case}: {answer}");
        assert_eq!(answer["jsonrpc"], json!("2.0"));
        let said = case["says"].as_str().unwrap_or_default();
        assert!(answer["error"]["message"].as_str().unwrap().contains(said), "{case}: {answer}");
    }
    // And the next request is answered as ever.
    assert_eq!(server.curl(LIST).await.status, 200);
}

#[tokio::test]
async fn transport_headers_that_cannot_be_served_are_refused_in_json() {
    let server = serve(HttpOptions::default()).await;
    let answer = server.request("POST", "/mcp", &["MCP-Protocol-Version: 1999-01-01"], LIST.as_bytes()).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"]["code"], json!(-32600));
    assert_eq!(answer.json()["id"], json!(1));
}

#[tokio::test]
async fn both_eras_are_served() {
    let server = serve(HttpOptions::default()).await;
    for (asked, agreed) in [
        ("2024-11-05", "2024-11-05"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("1.0", "2025-11-25"),
    ] {
        let hello = server.rpc("initialize", json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } })).await;
        assert_eq!(hello["result"]["protocolVersion"], json!(agreed), "{asked}: {hello}");
        assert_eq!(hello["result"]["serverInfo"]["name"], json!("k8sgpt"));
        assert_eq!(hello["result"]["capabilities"]["resources"], json!({}));
    }
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let modern = |method: &str, mut params: Value| {
        params["_meta"] = meta.clone();
        json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
    };
    let post = async |method: &str, name: Option<&str>, params: Value| {
        let mut headers =
            vec!["MCP-Protocol-Version: 2026-07-28".to_owned(), format!("Mcp-Method: {method}")];
        headers.extend(name.map(|name| format!("Mcp-Name: {name}")));
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        server.request("POST", "/mcp", &headers, modern(method, params).as_bytes()).await
    };
    let discover = post("server/discover", None, json!({})).await;
    assert_eq!(discover.status, 200, "{discover:?}");
    assert!(
        discover.json()["result"]["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28"))
    );
    let list = post("tools/list", None, json!({})).await.json();
    assert_eq!(list["result"]["resultType"], json!("complete"));
    assert_eq!(list["result"]["cacheScope"], json!("public"));
    let call = post("tools/call", Some("cluster-info"), json!({ "name": "cluster-info" })).await;
    assert_eq!(call.status, 200, "{call:?}");
    let missing =
        post("resources/read", Some("k8sgpt://nope"), json!({ "uri": "k8sgpt://nope" })).await.json();
    assert_eq!(missing["error"]["code"], json!(-32602), "{missing}");
    let unknown = post("foo/bar", None, json!({})).await;
    assert_eq!(unknown.status, 404, "{unknown:?}");
    let handshake = post("initialize", None, json!({})).await;
    assert_eq!(
        (handshake.status, &handshake.json()["error"]["code"]),
        (404, &json!(-32601)),
        "{handshake:?}"
    );
}

#[tokio::test]
async fn opening_the_endpoint_shows_a_card() {
    let server = serve(HttpOptions::default()).await;
    for headers in [&[][..], &["Accept: */*"], &["Accept: text/html,application/xhtml+xml"]] {
        let answer = server.request("GET", "/mcp", headers, b"").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let card = answer.json();
        assert_eq!(card["name"], json!("k8sgpt"));
        assert_eq!(card["tools"].as_array().unwrap().len(), 12);
        assert!(
            card["try"].as_str().unwrap().contains(&format!("http://localhost:{}/mcp", server.addr.port()))
        );
    }
    let cases = [
        ("GET", "/mcp", &["Accept: text/event-stream"][..], 405),
        ("DELETE", "/mcp", &[], 405),
        ("PUT", "/mcp", &[], 405),
        ("OPTIONS", "/mcp", &[], 405),
        ("GET", "/healthz", &[], 200),
        ("GET", "/readyz", &["Host: 10.1.2.3:8089"], 200),
        ("GET", "/", &[], 404),
        ("POST", "/sse", &[], 404),
    ];
    for (method, path, headers, status) in cases {
        let answer = server.request(method, path, headers, b"").await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn large_bodies_are_refused_before_they_are_read() {
    let server = serve(HttpOptions::default()).await;
    let answer = server.request("POST", "/mcp", &["Content-Length: 5000000"], b"").await;
    assert_eq!(answer.status, 413, "{answer:?}");
    assert_eq!(answer.json()["error"]["code"], json!(-32600));
    let mut chunked =
        "POST /mcp HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            .as_bytes()
            .to_vec();
    chunked.extend(format!("{:x}\r\n", 5_000_000).bytes());
    chunked.extend(vec![b' '; 5_000_000]);
    chunked.extend(b"\r\n0\r\n\r\n");
    assert_eq!(server.raw(&chunked).await.status, 413);
}

#[tokio::test]
async fn foreign_names_and_pages_are_refused() {
    let server =
        serve(HttpOptions { allowed_hosts: vec!["k8sgpt.tools.svc".to_owned()], ..HttpOptions::default() })
            .await;
    let cases: &[(&[&str], u16)] = &[
        (&["Host: localhost"], 200),
        (&["Host: 127.0.0.1:9"], 200),
        (&["Host: k8sgpt.tools.svc:8089"], 200),
        (&["Host: evil.example"], 403),
        (&["Host: 127.0.0.1.nip.io"], 403),
        (&["Host: localhost", "Origin: http://localhost:6274"], 200),
        (&["Host: localhost", "Origin: http://evil.example"], 403),
        (&["Host: localhost", "Origin: null"], 403),
        (&["Host: localhost", "Host: localhost"], 400),
    ];
    for (headers, status) in cases {
        for method in ["POST", "GET"] {
            let body = if method == "POST" { LIST } else { "" };
            let answer = server.request(method, "/mcp", headers, body.as_bytes()).await;
            assert_eq!(answer.status, *status, "{method} {headers:?}: {answer:?}");
            if *status == 403 {
                assert_eq!(answer.json()["error"]["code"], json!(-32600));
            }
        }
    }
    let nameless = server.raw(b"GET /mcp HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert_eq!(nameless.status, 400, "{nameless:?}");
}

#[tokio::test]
async fn a_token_is_asked_for_everywhere_but_by_probes() {
    let token = "correct-horse-battery";
    let server =
        serve(HttpOptions { token: Some(Token::new(token).unwrap()), ..HttpOptions::default() }).await;
    let good = format!("Authorization: Bearer {token}");
    let cases: &[(&[&str], u16)] = &[
        (&[], 401),
        (&["Authorization: Bearer wrong-horse-battery"], 401),
        (&["Authorization: Basic Y29ycmVjdA=="], 401),
        (&[&good], 200),
        (&[&good, &good], 401),
    ];
    for (headers, status) in cases {
        let all = [ANY, headers].concat();
        let answer = server.request("POST", "/mcp", &all, LIST.as_bytes()).await;
        assert_eq!(answer.status, *status, "{headers:?}: {answer:?}");
        assert_eq!(answer.header("www-authenticate").is_some(), *status == 401, "{answer:?}");
        assert!(!format!("{answer:?}").contains(token));
        let card = server.request("GET", "/mcp", headers, b"").await;
        assert_eq!(card.status, *status, "{headers:?}");
    }
    assert_eq!(server.request("GET", "/healthz", &[], b"").await.status, 200);
}

#[tokio::test]
async fn an_open_address_without_a_token_is_not_listened_on() {
    let (engine, _dir) = crate::support::engine().await;
    let http = HttpOptions { listen: vec!["0.0.0.0:0".parse().unwrap()], ..HttpOptions::default() };
    let refused =
        mcp::serve_http(engine, &Default::default(), http, Default::default(), |_| panic!("listens")).await;
    assert!(matches!(refused, Err(mcp::Error::Exposed { .. })), "{refused:?}");
}

#[tokio::test]
async fn notifications_are_taken_and_not_answered() {
    let server = serve(HttpOptions::default()).await;
    let answer = server.curl(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    assert_eq!((answer.status, answer.body.as_str()), (202, ""));
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_the_rest_goes_on() {
    let server = serve(HttpOptions::default()).await;
    let mut idle = Vec::new();
    for _ in 0..128 {
        idle.push(tokio::net::TcpStream::connect(server.addr).await.unwrap());
    }
    let refused = server.request("GET", "/healthz", &[], b"").await;
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("1")), "{refused:?}");
    drop(idle);
    // The places are free again as soon as the server has seen the others leave.
    while server.request("GET", "/healthz", &[], b"").await.status != 200 {}
}
