//! The MCP front: tools, resources, prompts, stdio, HTTP.
//!
//! A tool, a resource and a prompt are entries of a table; an argument is one declaration, from which come
//! its JSON schema, its line in the docs and the lenient reading of what clients send. Over stdio nothing
//! but MCP is written to stdout; over HTTP nobody but this machine is let in until asked for.
//!
//! This is the only crate that names `rmcp`.

mod arg;
mod docs;
mod error;
mod handler;
mod http;
mod objects;
mod output;
mod progress;
mod prompts;
mod read;
mod resources;
mod rpc;
mod stdio;
mod text;
mod tools;

use std::sync::Arc;

use rmcp::RoleServer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

pub use docs::reference;
pub use error::Error;
pub use http::{HttpOptions, Token, check_exposure, default_listen, pod_hint, serve_http};

/// What both transports are told.
#[derive(Clone, Debug)]
pub struct ServerOptions {
    /// AI provider for explanations when a call names none; the configured default when absent.
    pub backend: Option<String>,
    /// Version that clients are told.
    pub version: String,
    /// Most characters of an answer's text and of its structured content; an analysis as a document may
    /// have twice as many, and logs have a limit of their own.
    pub budget_chars: usize,
}

impl Default for ServerOptions {
    fn default() -> ServerOptions {
        ServerOptions { backend: None, version: env!("CARGO_PKG_VERSION").to_owned(), budget_chars: 25_000 }
    }
}

/// Serves MCP over stdin and stdout until stdin ends or `shutdown` is cancelled.
///
/// Reading stdin blocks a thread of the runtime that cannot be stopped: whoever cancels `shutdown` ends
/// the process, or shuts the runtime down in the background.
///
/// # Errors
/// [`Error::Internal`] when the server's task failed.
pub async fn serve_stdio(
    engine: Arc<engine::Engine>,
    options: &ServerOptions,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    serve_stream(engine, options, tokio::io::stdin(), stdio::output(), shutdown).await
}

/// Serves MCP over any pair of streams, one JSON-RPC message a line, until the reader ends or `shutdown`
/// is cancelled. Calls in flight when the reader ends have a moment to finish and are then cancelled.
///
/// # Errors
/// [`Error::Internal`] when the server's task failed.
pub async fn serve_stream(
    engine: Arc<engine::Engine>,
    options: &ServerOptions,
    reader: impl AsyncRead + Unpin + Send + 'static,
    writer: impl AsyncWrite + Unpin + Send + 'static,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    let stop = shutdown.child_token();
    let server = handler::Server::new(engine, options.clone(), stop.clone());
    let lines = stdio::Lines::open(reader, writer, stop);
    let running = rmcp::service::serve_directly_with_ct::<RoleServer, _, _, std::io::Error, _>(
        server, lines, None, shutdown,
    );
    running.waiting().await.map_err(|error| Error::Internal(error.to_string()))?;
    Ok(())
}
