//! Who no longer waits costs the cluster nothing: the call to the API server ends with the request.

use std::sync::Arc;
use std::time::Duration;

use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::{Engine, EngineOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

/// An API server that takes a request and never answers.
struct Silent {
    listener: TcpListener,
    _dir: tempfile::TempDir,
}

impl Silent {
    async fn start() -> (Silent, Arc<Engine>) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let kubeconfig = dir.path().join("config");
        let server = format!("http://{}", listener.local_addr().unwrap());
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{ "name": "c", "cluster": { "server": server } }],
            "contexts": [{ "name": "c", "context": { "cluster": "c", "user": "u" } }],
            "users": [{ "name": "u", "user": {} }],
        });
        std::fs::write(&kubeconfig, config.to_string()).unwrap();
        let source = Source::Kubeconfig { path: Some(kubeconfig), context: None };
        let config = ConfigFile::new(dir.path().join("k8sgpt.yaml"));
        let engine = Engine::connect(EngineOptions { source, config, ignore_file: None }).await.unwrap();
        (Silent { listener, _dir: dir }, Arc::new(engine))
    }

    /// Waits for a request.
    async fn asked(&self) -> TcpStream {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut head = [0; 16];
        stream.read_exact(&mut head).await.unwrap();
        assert!(head.starts_with(b"GET /"), "{head:?}");
        stream
    }
}

/// Waits until the other side hangs up, which it must do at once.
async fn hung_up(mut stream: TcpStream) {
    let rest = async {
        let mut rest = Vec::new();
        // A reset is a hang-up too.
        let _ = stream.read_to_end(&mut rest).await;
    };
    tokio::time::timeout(Duration::from_secs(5), rest).await.expect("the request goes on");
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"cluster-info"}}"#;

#[tokio::test]
async fn a_client_that_leaves_ends_its_call() {
    let (api, engine) = Silent::start().await;
    let stop = CancellationToken::new();
    let _guard = stop.clone().drop_guard();
    let (ready, address) = tokio::sync::oneshot::channel();
    let http = mcp::HttpOptions { listen: vec!["127.0.0.1:0".parse().unwrap()], ..Default::default() };
    tokio::spawn(async move {
        mcp::serve_http(engine, &Default::default(), http, stop, |all| ready.send(all[0]).unwrap()).await
    });
    let mut client = TcpStream::connect(address.await.unwrap()).await.unwrap();
    let head = format!("POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", CALL.len());
    client.write_all(format!("{head}{CALL}").as_bytes()).await.unwrap();
    let asked = api.asked().await;
    drop(client);
    hung_up(asked).await;
}

#[tokio::test]
async fn a_cancelled_call_ends_and_the_next_one_is_answered() {
    let (api, engine) = Silent::start().await;
    let (mut client, reader) = tokio::io::duplex(1 << 16);
    let (writer, answers) = tokio::io::duplex(1 << 16);
    tokio::spawn(async move {
        mcp::serve_stream(engine, &Default::default(), reader, writer, CancellationToken::new()).await
    });
    client.write_all(format!("{CALL}\n").as_bytes()).await.unwrap();
    let asked = api.asked().await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#;
    let ping = r#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#;
    client.write_all(format!("{cancel}\n{ping}\n").as_bytes()).await.unwrap();
    hung_up(asked).await;
    let first = BufReader::new(answers).lines().next_line().await.unwrap().unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(first["id"], json!(2), "a cancelled request has no answer");
}

#[tokio::test]
async fn the_end_of_the_input_ends_calls_in_flight() {
    let (api, engine) = Silent::start().await;
    let (mut client, reader) = tokio::io::duplex(1 << 16);
    let (writer, mut answers) = tokio::io::duplex(1 << 16);
    let server = tokio::spawn(async move {
        mcp::serve_stream(engine, &Default::default(), reader, writer, CancellationToken::new()).await
    });
    client.write_all(format!("{CALL}\n").as_bytes()).await.unwrap();
    let asked = api.asked().await;
    drop(client);
    let mut out = String::new();
    let read = tokio::time::timeout(Duration::from_secs(3), answers.read_to_string(&mut out)).await;
    read.expect("the server goes on").unwrap();
    server.await.unwrap().unwrap();
    hung_up(asked).await;
    let answer: Value = serde_json::from_str(out.trim()).unwrap();
    assert_eq!(answer["error"]["code"], json!(-32603), "{out}");
}
