//! The stdio transport: one JSON-RPC message a line. Whatever comes in, only JSON-RPC goes out, and the
//! next line is read.

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::{ClientJsonRpcMessage, ClientNotification, JsonRpcMessage};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::rpc::{self, Refusal};

/// Time that calls in flight have to finish once the input has ended.
const GRACE: Duration = Duration::from_millis(700);

/// Ids of requests that have no answer yet, in their JSON form.
type InFlight = Arc<Mutex<HashSet<String>>>;

/// Messages from a reader task, answers to a writer.
pub struct Lines<W> {
    messages: mpsc::Receiver<RxJsonRpcMessage<RoleServer>>,
    writer: Writer<W>,
    in_flight: InFlight,
    reader: tokio::task::JoinHandle<()>,
}

type Writer<W> = Arc<tokio::sync::Mutex<W>>;

impl<W: AsyncWrite + Unpin + Send + 'static> Lines<W> {
    /// A transport that cancels `stop` when its input has ended and the grace time is over. Reading is a
    /// task of its own, since its caller may drop a wait for a message at any time.
    pub fn open(
        reader: impl AsyncRead + Unpin + Send + 'static,
        writer: W,
        stop: CancellationToken,
    ) -> Lines<W> {
        let writer = Arc::new(tokio::sync::Mutex::new(writer));
        let in_flight = InFlight::default();
        let (sender, messages) = mpsc::channel(16);
        let input = Input {
            reader: BufReader::with_capacity(64 << 10, reader),
            writer: writer.clone(),
            in_flight: in_flight.clone(),
            line: Vec::new(),
            overlong: false,
        };
        let reader = tokio::spawn(async move {
            input.run(sender).await;
            tokio::spawn(async move {
                tokio::time::sleep(GRACE).await;
                stop.cancel();
            });
        });
        Lines { messages, writer, in_flight, reader }
    }
}

/// The reading side.
struct Input<R, W> {
    reader: BufReader<R>,
    writer: Writer<W>,
    in_flight: InFlight,
    line: Vec<u8>,
    overlong: bool,
}

/// What stood on a line.
enum Line {
    End,
    TooLong,
    Text,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Input<R, W> {
    async fn run(mut self, messages: mpsc::Sender<RxJsonRpcMessage<RoleServer>>) {
        loop {
            let answer = match self.next_line().await {
                Ok(Line::TooLong) => Err(rpc::too_long()),
                Ok(Line::Text) => self.message(),
                Ok(Line::End) => return,
                Err(error) => {
                    tracing::debug!(%error, "the input cannot be read");
                    return;
                }
            };
            match answer {
                Ok(None) => {}
                Ok(Some(message)) => {
                    if messages.send(message).await.is_err() {
                        return;
                    }
                }
                Err(refusal) => {
                    if let Err(error) = write_line(&self.writer, &refusal.body()).await {
                        tracing::debug!(%error, "the client does not read its answers");
                    }
                }
            }
        }
    }

    /// Reads a line into `self.line`, never keeping more than a message may have.
    async fn next_line(&mut self) -> io::Result<Line> {
        self.line.clear();
        self.overlong = false;
        loop {
            let chunk = self.reader.fill_buf().await?;
            if chunk.is_empty() {
                let nothing = self.line.is_empty() && !self.overlong;
                return Ok(if nothing { Line::End } else { self.kind_of_line() });
            }
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            if self.line.len() + part.len() > rpc::MAX_BYTES {
                self.overlong = true;
                self.line = Vec::new();
            } else if !self.overlong {
                self.line.extend_from_slice(part);
            }
            let used = part.len() + usize::from(end.is_some());
            self.reader.consume(used);
            if end.is_some() {
                return Ok(self.kind_of_line());
            }
        }
    }

    fn kind_of_line(&self) -> Line {
        if self.overlong { Line::TooLong } else { Line::Text }
    }

    /// The message on the line; none on an empty line.
    fn message(&self) -> Result<Option<RxJsonRpcMessage<RoleServer>>, Refusal> {
        if self.line.iter().all(u8::is_ascii_whitespace) {
            return Ok(None);
        }
        let message = rpc::read(&self.line)?;
        let id = message.get("id").cloned().filter(|_| message.contains_key("method"));
        let refuse = |message: String| Refusal {
            code: rpc::INVALID_REQUEST,
            message,
            id: id.clone().unwrap_or_default(),
        };
        let parsed: ClientJsonRpcMessage = serde_json::from_value(Value::Object(message))
            .map_err(|_| refuse("not a request, a notification or a response".to_owned()))?;
        if let Some(id) = &id
            && !lock(&self.in_flight).insert(id.to_string())
        {
            return Err(refuse(format!("id: {id} belongs to a request that has no answer yet")));
        }
        self.forget_cancelled(&parsed);
        Ok(Some(parsed))
    }

    /// A cancelled request gets no answer, so its id is free again.
    fn forget_cancelled(&self, message: &RxJsonRpcMessage<RoleServer>) {
        if let JsonRpcMessage::Notification(notification) = message
            && let ClientNotification::CancelledNotification(cancelled) = &notification.notification
            && let Some(id) = &cancelled.params.request_id
        {
            lock(&self.in_flight).remove(&id.clone().into_json_value().to_string());
        }
    }
}

fn lock(in_flight: &InFlight) -> std::sync::MutexGuard<'_, HashSet<String>> {
    in_flight.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn write_line<W: AsyncWrite + Unpin>(
    writer: &tokio::sync::Mutex<W>,
    message: &impl serde::Serialize,
) -> io::Result<()> {
    let mut line = serde_json::to_vec(message).map_err(io::Error::other)?;
    line.push(b'\n');
    let mut writer = writer.lock().await;
    writer.write_all(&line).await?;
    writer.flush().await
}

impl<W: AsyncWrite + Unpin + Send + 'static> Transport<RoleServer> for Lines<W> {
    type Error = io::Error;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), io::Error>> + Send + 'static {
        let id = match &item {
            JsonRpcMessage::Response(response) => Some(response.id.clone()),
            JsonRpcMessage::Error(error) => error.id.clone(),
            _ => None,
        };
        if let Some(id) = id {
            lock(&self.in_flight).remove(&id.into_json_value().to_string());
        }
        let writer = self.writer.clone();
        async move { write_line(&writer, &item).await }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        self.messages.recv().await
    }

    async fn close(&mut self) -> Result<(), io::Error> {
        self.reader.abort();
        self.writer.lock().await.flush().await
    }
}

/// Standard output, which carries MCP messages and nothing else.
pub(crate) fn output() -> tokio::io::Stdout {
    tokio::io::stdout()
}
