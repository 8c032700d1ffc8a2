//! Custom analyzers on loopback: a real gRPC server, one script each.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use remote::custom::schema::custom_analyzer_service_server::{
    CustomAnalyzerService, CustomAnalyzerServiceServer,
};
use remote::custom::schema::{ErrorDetail, Result as Found, RunRequest, RunResponse};
use remote::custom::{Address, Analyzer, Limits};
use tonic::metadata::MetadataMap;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic::{Request, Response, Status};
use view::Sensitive;

pub type Answer = Result<RunResponse, Status>;
type Script = dyn Fn() -> BoxFuture<'static, Answer> + Send + Sync;
type Seen = Arc<Mutex<Vec<MetadataMap>>>;

struct Scripted {
    script: Box<Script>,
    seen: Seen,
}

#[tonic::async_trait]
impl CustomAnalyzerService for Scripted {
    async fn run(&self, request: Request<RunRequest>) -> Result<Response<RunResponse>, Status> {
        self.seen.lock().unwrap().push(request.metadata().clone());
        (self.script)().await.map(Response::new)
    }
}

/// A server that ends with the test.
pub struct Running {
    pub port: u16,
    pub seen: Seen,
}

/// Serves what a script answers.
pub fn start(script: impl Fn() -> BoxFuture<'static, Answer> + Send + Sync + 'static) -> Running {
    serve(Server::builder(), script)
}

/// The same behind TLS with this certificate and key.
pub fn start_tls(certificate: &str, key: &str, answer: Answer) -> Running {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = ServerTlsConfig::new().identity(Identity::from_pem(certificate, key));
    serve(Server::builder().tls_config(tls).unwrap(), always(answer))
}

fn serve(
    mut builder: Server,
    script: impl Fn() -> BoxFuture<'static, Answer> + Send + Sync + 'static,
) -> Running {
    let incoming = TcpIncoming::bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = incoming.local_addr().unwrap().port();
    let seen = Seen::default();
    let service = Scripted { script: Box::new(script), seen: Arc::clone(&seen) };
    let service = CustomAnalyzerServiceServer::new(service).max_encoding_message_size(64 << 20);
    tokio::spawn(builder.add_service(service).serve_with_incoming(incoming));
    Running { port, seen }
}

/// The same answer each time.
pub fn always(answer: Answer) -> impl Fn() -> BoxFuture<'static, Answer> + Send + Sync + 'static {
    move || std::future::ready(answer.clone()).boxed()
}

/// A result with these errors.
pub fn found(kind: &str, name: &str, errors: &[&str]) -> Answer {
    let error =
        errors.iter().map(|text| ErrorDetail { text: (*text).to_owned(), sensitive: Vec::new() }).collect();
    let result = Found { kind: kind.to_owned(), name: name.to_owned(), error, ..Found::default() };
    Ok(RunResponse { result: Some(result) })
}

/// An analyzer at this host and port, without a token.
pub fn analyzer(url: &str, port: u16) -> Analyzer {
    let address = Address::parse(url, port).unwrap();
    Analyzer { name: "disk-check".to_owned(), address, token: None, authority: None }
}

pub fn with_token(analyzer: Analyzer, token: &str) -> Analyzer {
    Analyzer { token: Some(Sensitive::new(token.as_bytes())), ..analyzer }
}

/// Patience for answers that come, and none for those that do not.
pub fn limits() -> Limits {
    Limits { connect: Duration::from_secs(5), deadline: Duration::from_secs(10), ..Limits::default() }
}
