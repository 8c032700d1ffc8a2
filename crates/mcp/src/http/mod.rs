//! Streamable HTTP: one endpoint, `/mcp`, without sessions, answers as plain JSON.

mod answer;
mod card;
mod guard;
mod listen;
mod token;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::handler::Server;
use crate::{Error, ServerOptions};

pub use answer::JsonOnly;
pub use listen::{check_exposure, default_listen, pod_hint};
pub use token::Token;

/// Connections served at a time.
const CONNECTIONS: usize = 128;
/// Time for a client to send the head of a request.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// Time that open connections have once the server is asked to stop.
const GRACE: Duration = Duration::from_secs(1);
/// Answer to a connection that is one too many.
const BUSY: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Where the HTTP server listens and whom it lets in.
#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// Addresses to listen on; see [`default_listen`].
    pub listen: Vec<SocketAddr>,
    /// Further names by which clients may call the server: `host`, `host:port`, `*.suffix`, `*`.
    pub allowed_hosts: Vec<String>,
    /// What every request must carry as `Authorization: Bearer …`.
    pub token: Option<Token>,
    /// Listen where others can connect although there is no token.
    pub allow_unauthenticated: bool,
}

/// Serves MCP over HTTP until `shutdown` is cancelled. `on_ready` is given the addresses really listened
/// on.
///
/// # Errors
/// [`Error::Exposed`], [`Error::PortTaken`] and the other reasons why it cannot listen.
pub async fn serve_http(
    engine: Arc<engine::Engine>,
    options: &ServerOptions,
    http: HttpOptions,
    shutdown: CancellationToken,
    on_ready: impl FnOnce(&[SocketAddr]),
) -> Result<(), Error> {
    check_exposure(&http.listen, http.token.is_some(), http.allow_unauthenticated)?;
    let listeners = listen::bind(&http.listen).await?;
    let addresses: Vec<SocketAddr> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let server = Server::new(engine, options.clone(), shutdown.clone());
    let names = guard::Names::new(&addresses, &http.allowed_hosts);
    let front = Arc::new(answer::Front::new(server, names, http.token, &shutdown));
    let router = Router::new()
        .route("/mcp", any(answer::mcp))
        .route("/mcp/", any(answer::mcp))
        .route("/healthz", get(answer::healthy))
        .route("/readyz", get(answer::healthy))
        .fallback(answer::elsewhere)
        .with_state(front);
    on_ready(&addresses);
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept(listener, router.clone(), room.clone(), shutdown.clone()));
    }
    while let Some(ended) = accepting.join_next().await {
        ended.map_err(|error| Error::Internal(error.to_string()))?;
    }
    Ok(())
}

/// Takes connections until the server stops, then gives the open ones a moment to finish.
async fn accept(listener: TcpListener, router: Router, room: Arc<Semaphore>, shutdown: CancellationToken) {
    let mut open = JoinSet::new();
    loop {
        let stream = tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = open.join_next(), if !open.is_empty() => continue,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, or a client that left: neither ends the server.
                    tracing::debug!(%error, "a connection could not be taken");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
        };
        match room.clone().try_acquire_owned() {
            Ok(place) => {
                let (router, shutdown) = (router.clone(), shutdown.clone());
                open.spawn(async move {
                    serve_connection(stream, router, shutdown).await;
                    drop(place);
                });
            }
            Err(_) => {
                let mut stream = stream;
                open.spawn(async move {
                    let _ = tokio::time::timeout(GRACE, stream.write_all(BUSY)).await;
                });
            }
        }
    }
    let _ = tokio::time::timeout(GRACE, async { while open.join_next().await.is_some() {} }).await;
}

async fn serve_connection(stream: TcpStream, router: Router, shutdown: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE).max_buf_size(64 << 10);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
