//! Talking to the MCP server of the program: over its standard streams, and over HTTP.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStderr, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::{self, Answer};
use super::program::{self, Program};
use crate::error::{Error, Result};

/// The longest an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server on stdio, initialized.
pub(crate) struct Session<'a> {
    program: &'a Program,
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: Receiver<String>,
    asked: u64,
}

impl<'a> Session<'a> {
    /// Starts `k8sgpt serve --mcp` and shakes hands.
    pub(crate) fn open(program: &'a Program) -> Result<Self> {
        let mut command = program.command(&["serve", "--mcp"]);
        let mut child = command.stdin(Stdio::piped()).spawn().map_err(Error::io("start the MCP server"))?;
        let (lines, stderr) = (lines_of(child.stdout.take()), lines_of(child.stderr.take()));
        let stdin = child.stdin.take();
        let mut session = Self { program, child, stdin, lines, stderr, asked: 0 };
        let client = json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "e2e", "version": "0"}});
        session.ask("initialize", &client)?;
        session.tell(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}))?;
        Ok(session)
    }

    /// The process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, method: &str, params: &Value) -> Result<Value> {
        self.asked += 1;
        self.tell(&json!({"jsonrpc": "2.0", "id": self.asked, "method": method, "params": params}))?;
        loop {
            let line = self.lines.recv_timeout(PATIENCE);
            let line = line.map_err(|cause| Error::Other(format!("no answer to {method}: {cause}")))?;
            self.program.hear(method, &line);
            let message: Value =
                serde_json::from_str(&line).map_err(Error::json(format!("standard output: {line:.200}")))?;
            if message["id"] == self.asked {
                return Ok(message);
            }
        }
    }

    fn tell(&mut self, message: &Value) -> Result<()> {
        let Some(stdin) = &mut self.stdin else { return Err(Error::Other("the session is closed".into())) };
        writeln!(stdin, "{message}").map_err(Error::io("write to the MCP server"))
    }

    /// Ends the input, and says how long the process took to end. Anything but MCP messages on its standard
    /// output is an error.
    pub(crate) fn close(mut self) -> Result<Duration> {
        let begun = Instant::now();
        drop(self.stdin.take());
        let code = program::wait(&mut self.child, "the MCP server", PATIENCE)?;
        let took = begun.elapsed();
        for line in self.lines.iter() {
            self.program.hear("stdout", &line);
            serde_json::from_str::<Value>(&line)
                .map_err(Error::json(format!("standard output: {line:.200}")))?;
        }
        self.stderr.iter().for_each(|line| self.program.hear("stderr", &line));
        if code == Some(0) {
            Ok(took)
        } else {
            Err(Error::Other(format!("exit code {code:?} after its input ended")))
        }
    }
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A server over HTTP on a free port of the loopback.
pub(crate) struct Server<'a> {
    program: &'a Program,
    child: Child,
    port: u16,
    stderr: Receiver<String>,
}

impl<'a> Server<'a> {
    /// Starts `k8sgpt serve --mcp --mcp-http` and waits until it says where it listens.
    pub(crate) fn open(program: &'a Program) -> Result<Self> {
        let mut command = program.command(&["serve", "--mcp", "--mcp-http", "--mcp-port", "0"]);
        let mut child = command.spawn().map_err(Error::io("start the MCP server"))?;
        let stderr: Receiver<String> = lines_of::<ChildStderr>(child.stderr.take());
        let mut server = Self { program, child, port: 0, stderr };
        while server.port == 0 {
            let line = server.stderr.recv_timeout(PATIENCE);
            let line = line
                .map_err(|cause| Error::Other(format!("the HTTP server does not say its port: {cause}")))?;
            let port = line.split_once("http://localhost:").and_then(|(_, rest)| rest.split('/').next());
            server.port = port.and_then(|port| port.parse().ok()).unwrap_or_default();
        }
        Ok(server)
    }

    /// Posts a body as the documentation's `curl` does: no Accept of its own, no handshake.
    pub(crate) fn post(&self, body: &Value) -> Result<Answer> {
        let headers = ["Content-Type: application/json"];
        let answer = http::send(self.port, "POST", "/mcp", &headers, &body.to_string())?;
        self.program.hear("HTTP", &answer.body);
        Ok(answer)
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        self.stderr.iter().for_each(|line| self.program.hear("stderr", &line));
    }
}

/// The lines of a pipe, read on a thread of its own.
fn lines_of<R: std::io::Read + Send + 'static>(pipe: Option<R>) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    if let Some(pipe) = pipe {
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(std::io::Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
    }
    lines
}
