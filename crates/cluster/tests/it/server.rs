//! A scripted API server on loopback: one answer a request, faults included.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    /// Status, extra header lines, body.
    Answer(u16, &'static str, String),
    /// Announces more bytes than it sends.
    Cut(String),
    /// Never answers.
    Hang,
    /// Closes the connection.
    Drop,
}

/// A `Status` object of the API.
pub(crate) fn status(code: u16, reason: &str, message: &str) -> Reply {
    let body = format!(
        "{{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"message\":{message:?},\"reason\":\"{reason}\",\"code\":{code}}}"
    );
    Reply::Answer(code, "", body)
}

/// A successful answer.
pub(crate) fn ok(body: &str) -> Reply {
    Reply::Answer(200, "", body.to_owned())
}

/// The requests that came in: target and Authorization header.
pub(crate) type Seen = Arc<Mutex<Vec<(String, String)>>>;

/// Starts a server; `script` gets the target and the number of the request.
pub(crate) async fn start(
    script: impl Fn(&str, usize, &str) -> Reply + Send + Sync + 'static,
) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let log = Arc::clone(&seen);
    let script = Arc::new(script);
    tokio::spawn(async move {
        loop {
            let Ok((stream, _)) = listener.accept().await else { return };
            tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&script)));
        }
    });
    (url, seen)
}

async fn serve(
    mut stream: TcpStream,
    log: Seen,
    script: Arc<impl Fn(&str, usize, &str) -> Reply + Send + Sync + 'static>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let first = head.lines().next().unwrap();
    let target = first.strip_prefix("GET ").expect("only GET is ever sent").split(' ').next().unwrap();
    assert!(
        head.to_lowercase().contains("\r\nuser-agent: k8sgpt/"),
        "the API server is told who asks: {head}"
    );
    let header =
        |line: &str| line.to_lowercase().starts_with("authorization:").then(|| line[14..].trim().to_owned());
    let authorization = head.lines().find_map(header).unwrap_or_default();
    let number = {
        let mut log = log.lock().unwrap();
        log.push((target.to_owned(), authorization.clone()));
        log.len()
    };
    let answer = |code: u16, headers: &str, length: usize, body: &str| {
        format!(
            "HTTP/1.1 {code} X\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {length}\r\n\r\n{body}"
        )
    };
    let text = match script(target, number, &authorization) {
        Reply::Answer(code, headers, body) => answer(code, headers, body.len(), &body),
        Reply::Cut(body) => answer(200, "", body.len() + 1000, &body),
        Reply::Hang => return std::future::pending().await,
        Reply::Drop => return,
    };
    let _ = stream.write_all(text.as_bytes()).await;
}

/// Writes a kubeconfig for a server; `user` is a YAML flow mapping.
pub(crate) fn kubeconfig(dir: &Path, server: &str, user: &str) -> PathBuf {
    let path = dir.join("config");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\nclusters: [{{name: c, cluster: {{server: \"{server}\"}}}}]\n\
         contexts: [{{name: test, context: {{cluster: c, user: u}}}}]\nusers: [{{name: u, user: {user}}}]\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}
