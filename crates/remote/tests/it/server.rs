//! A stand-in for AWS on loopback: one scripted answer a request, faults included.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use remote::{Limits, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the server does with a request.
#[derive(Clone)]
pub enum Reply {
    /// Status, extra header lines (each ended), body.
    Answer(u16, String, String),
    /// As many bytes of JSON as said.
    Flood(usize),
    /// Never answers.
    Hang,
    /// Closes the connection.
    Drop,
}

/// A successful answer.
pub fn ok(body: impl Into<String>) -> Reply {
    Reply::Answer(200, String::new(), body.into())
}

/// An error in the form of the EKS API.
pub fn error(status: u16, code: &str, message: &str) -> Reply {
    let headers = format!("x-amzn-errortype: {code}:http://internal.amazon.com/coral/com.amazon.coral/\r\n");
    Reply::Answer(status, headers, serde_json::json!({ "message": message }).to_string())
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

pub type Seen = Arc<Mutex<Vec<Request>>>;

/// Starts a server; `script` gets the request and its number.
pub async fn start(script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let (log, script) = (Arc::clone(&seen), Arc::new(script));
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
    script: Arc<impl Fn(&Request, usize) -> Reply + Send + Sync + 'static>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return,
        }
    }
    let text = String::from_utf8(head).unwrap();
    let mut lines = text.lines();
    let mut first = lines.next().unwrap().split(' ');
    let (method, target) = (first.next().unwrap().to_owned(), first.next().unwrap().to_owned());
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    let request = Request { method, target, headers };
    let number = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    match script(&request, number) {
        Reply::Answer(status, headers, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
            );
            let _ = stream.write_all((head + &body).as_bytes()).await;
        }
        Reply::Flood(bytes) => {
            let head = format!("HTTP/1.1 200 X\r\nconnection: close\r\ncontent-length: {bytes}\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(&vec![b' '; bytes]).await;
        }
        Reply::Hang => tokio::time::sleep(Duration::from_secs(60)).await,
        Reply::Drop => {}
    }
}

/// An environment of these variables and no other.
pub fn settings(variables: &[(&str, &str)]) -> Settings {
    Settings::new(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

/// Keys of the environment for a server at this URL.
pub fn keys(url: &str) -> Settings {
    settings(&[
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "canary-secret"),
        ("AWS_SESSION_TOKEN", "canary-token"),
        ("AWS_ENDPOINT_URL_EKS", url),
        ("AWS_REGION", "eu-west-1"),
    ])
}

/// Limits for tests: little patience.
pub fn limits() -> Limits {
    Limits {
        deadline: Duration::from_secs(5),
        near: Duration::from_millis(500),
        wait: Duration::from_millis(20),
        ..Limits::default()
    }
}
