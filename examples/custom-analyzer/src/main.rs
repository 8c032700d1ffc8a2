//! Serves the analyzer: `LISTEN` says where, `NODE_NAME` as whom.

use custom_analyzer::{Analyzer, MEMINFO};
use std::error::Error;
use std::net::SocketAddr;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
    let listen: SocketAddr = variable("LISTEN", "127.0.0.1:8085").parse()?;
    let host = variable("NODE_NAME", "localhost");
    let analyzer = Analyzer { meminfo: MEMINFO.to_owned(), host, least_percent: 10 };
    eprintln!("serving at {listen}; k8sgpt custom-analyzer add --name memory --port {}", listen.port());
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    let server = tonic::transport::Server::builder().add_service(analyzer.into_service());
    server.serve_with_shutdown(listen, stop).await?;
    Ok(())
}
