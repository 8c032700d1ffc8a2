//! A server on loopback whose answers are made by a function; it counts requests.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use crate::error::{Error, Result};

/// A path and the body of a request to the body of the answer.
type Script = dyn Fn(&str, &Value) -> String + Send + Sync;

/// A server; its thread ends with this program.
pub(super) struct Scripted {
    /// Without a slash at its end.
    pub(super) url: String,
    paths: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    /// Every answer comes after `pause`.
    pub(super) fn start(
        pause: Duration,
        script: impl Fn(&str, &Value) -> String + Send + Sync + 'static,
    ) -> Result<Scripted> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("listen on loopback"))?;
        let address = listener.local_addr().map_err(Error::io("listen on loopback"))?;
        let paths = Arc::<Mutex<Vec<String>>>::default();
        let (log, script): (_, Arc<Script>) = (Arc::clone(&paths), Arc::new(script));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, script) = (Arc::clone(&log), Arc::clone(&script));
                // A caller that hangs up is not this server's failure.
                std::thread::spawn(move || serve(stream, &log, pause, &*script).ok());
            }
        });
        Ok(Scripted { url: format!("http://{address}"), paths })
    }

    /// Requests whose path begins so.
    pub(super) fn calls(&self, path: &str) -> usize {
        let paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        paths.iter().filter(|called| called.starts_with(path)).count()
    }
}

fn serve(
    stream: TcpStream,
    log: &Mutex<Vec<String>>,
    pause: Duration,
    script: &Script,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    log.lock().unwrap_or_else(PoisonError::into_inner).push(path.clone());
    std::thread::sleep(pause);
    let answer = script(&path, &serde_json::from_slice(&body).unwrap_or_default());
    let kind = if path == "/api/chat" { "application/x-ndjson" } else { "application/json" };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        answer.len()
    );
    reader.get_mut().write_all(format!("{head}{answer}").as_bytes())
}
