//! A stand-in for an endpoint on loopback: one scripted answer a request, faults included.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Clone)]
pub enum Reply {
    /// Status, content type, extra header lines (each ended), body.
    Answer(u16, &'static str, String, Vec<u8>),
    /// Status 200, content type, the beginning of a body; then the connection is closed.
    Cut(&'static str, Vec<u8>),
    /// A JSON text of so many bytes.
    Flood(usize),
    /// Nothing, for ever.
    Hang,
    /// Headers and the beginning of a body, then nothing for ever.
    Stall(&'static str, Vec<u8>),
    /// The connection is closed at once.
    Drop,
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

pub type Seen = Arc<Mutex<Vec<Request>>>;

pub fn json(status: u16, body: &serde_json::Value) -> Reply {
    Reply::Answer(status, "application/json", String::new(), body.to_string().into_bytes())
}

pub fn events(body: &str) -> Reply {
    Reply::Answer(200, "text/event-stream", String::new(), body.as_bytes().to_vec())
}

/// The answer of OpenAI's protocol, whole.
pub fn answer(text: &str) -> Reply {
    json(
        200,
        &serde_json::json!({
            "choices": [{ "message": { "role": "assistant", "content": text }, "finish_reason": "stop" }],
            "usage": { "total_tokens": 9 },
        }),
    )
}

/// Starts a server; `script` gets the request and its number.
pub async fn start(script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> (String, Seen) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let (log, script) = (Arc::clone(&seen), Arc::new(script));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&script)));
        }
    });
    (url, seen)
}

async fn serve(
    mut stream: TcpStream,
    log: Seen,
    script: Arc<impl Fn(&Request, usize) -> Reply + Send + Sync + 'static>,
) {
    let Some(request) = read(&mut stream).await else { return };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    let head = |status: u16, kind: &str, more: &str, length: usize| {
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n"
        )
    };
    let _ = match script(&request, number) {
        Reply::Answer(status, kind, more, body) => {
            let _ = stream.write_all(head(status, kind, &more, body.len()).as_bytes()).await;
            stream.write_all(&body).await
        }
        Reply::Cut(kind, body) => {
            let _ = stream.write_all(head(200, kind, "", body.len() + 1000).as_bytes()).await;
            stream.write_all(&body).await
        }
        Reply::Flood(size) => {
            let _ = stream.write_all(head(200, "application/json", "", size).as_bytes()).await;
            let chunk = vec![b'['; 64 << 10];
            let mut left = size;
            while left > 0 && stream.write_all(&chunk[..left.min(chunk.len())]).await.is_ok() {
                left = left.saturating_sub(chunk.len());
            }
            Ok(())
        }
        Reply::Hang => std::future::pending().await,
        Reply::Stall(kind, body) => {
            let _ = stream.write_all(head(200, kind, "", body.len() + 1000).as_bytes()).await;
            let _ = stream.write_all(&body).await;
            std::future::pending().await
        }
        Reply::Drop => Ok(()),
    };
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let text = String::from_utf8(head).unwrap();
    let mut lines = text.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let pairs = lines.filter_map(|line| line.split_once(": "));
    let headers: Vec<(String, String)> =
        pairs.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let mut body = vec![0; length.map_or(0, |(_, length)| length.parse().unwrap())];
    stream.read_exact(&mut body).await.ok()?;
    Some(Request { method, target, headers, body })
}
