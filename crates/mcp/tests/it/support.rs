//! A server on the demo cluster and clients that can be as careless as real ones.

use std::net::SocketAddr;
use std::sync::Arc;

use engine::cache::CacheOptions;
use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::{Engine, EngineOptions};
use mcp::{HttpOptions, ServerOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_util::sync::{CancellationToken, DropGuard};

/// An engine on the demo cluster, with a configuration file of its own.
pub async fn engine() -> (Arc<Engine>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let config = ConfigFile::new(dir.path().join("k8sgpt.yaml"));
    let engine =
        Engine::connect(EngineOptions { source: Source::Demo, config, ignore_file: None }).await.unwrap();
    (Arc::new(engine), dir)
}

/// An engine on the demo cluster that opens caches like this.
pub async fn engine_with_cache(cache: CacheOptions) -> (Arc<Engine>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let config = ConfigFile::new(dir.path().join("k8sgpt.yaml"));
    let options = EngineOptions { source: Source::Demo, config, ignore_file: None };
    (Arc::new(Engine::connect(options).await.unwrap().with_cache(cache)), dir)
}

/// An engine on these objects.
pub async fn engine_on(objects: &Value) -> (Arc<Engine>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let config = ConfigFile::new(dir.path().join("k8sgpt.yaml"));
    let path = dir.path().join("objects.json");
    std::fs::write(&path, objects.to_string()).unwrap();
    let engine = Engine::connect(EngineOptions { source: Source::Snapshot(path), config, ignore_file: None })
        .await
        .unwrap();
    (Arc::new(engine), dir)
}

/// A server that ends with the test.
pub struct Running {
    pub addr: SocketAddr,
    pub dir: tempfile::TempDir,
    _guard: DropGuard,
}

/// An answer over HTTP.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// A server with these options, listening on a port of its own.
pub async fn serve(options: HttpOptions) -> Running {
    serve_engine(engine().await, options).await
}

/// A server on these objects.
pub async fn serve_objects(objects: &Value) -> Running {
    serve_engine(engine_on(objects).await, HttpOptions::default()).await
}

/// A server on this engine, whose configuration is in the directory.
pub async fn serve_engine((engine, dir): (Arc<Engine>, tempfile::TempDir), mut http: HttpOptions) -> Running {
    let options = ServerOptions::default();
    let shutdown = CancellationToken::new();
    let guard = shutdown.clone().drop_guard();
    if http.listen.is_empty() {
        http.listen = vec!["127.0.0.1:0".parse().unwrap()];
    }
    let (ready, addresses) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let on_ready = move |addresses: &[SocketAddr]| ready.send(addresses[0]).unwrap();
        mcp::serve_http(engine, &options, http, shutdown, on_ready).await.unwrap();
    });
    Running { addr: addresses.await.unwrap(), dir, _guard: guard }
}

impl Running {
    /// Sends these bytes and reads to the end of the connection.
    pub async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        // A server may refuse before it has read everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// A request with these header lines, `Host` among them only when given.
    pub async fn request(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|line| line.to_lowercase().starts_with("host")) {
            head.push_str(&format!("Host: localhost:{}\r\n", self.addr.port()));
        }
        if !body.is_empty() {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        for line in headers {
            head.push_str(line);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        self.raw(&[head.as_bytes(), body].concat()).await
    }

    /// What `curl -d` sends.
    pub async fn curl(&self, body: &str) -> Answer {
        self.request("POST", "/mcp", &["Accept: */*", "Content-Type: application/json"], body.as_bytes())
            .await
    }

    /// The result of a request; panics on an error.
    pub async fn rpc(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let answer = self.curl(&body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// The result of a tool.
    pub async fn call(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.rpc("tools/call", json!({ "name": tool, "arguments": arguments })).await;
        answer.get("result").cloned().unwrap_or_else(|| panic!("{answer}"))
    }

    /// The text of a tool that must work.
    pub async fn text(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments.clone()).await;
        assert_eq!(result["isError"], json!(false), "{tool} {arguments}: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// The text of a tool that must refuse.
    pub async fn fault(&self, tool: &str, arguments: Value) -> String {
        let result = self.call(tool, arguments.clone()).await;
        assert_eq!(result["isError"], json!(true), "{tool} {arguments}: {result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }
}
