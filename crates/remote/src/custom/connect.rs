//! A connection to an analyzer: only to addresses that the rule admits, whatever a name resolves to.

use std::net::{IpAddr, SocketAddr};

use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use view::Sensitive;

use super::address::Host;
use super::failure::reason;
use super::{Address, Failure, Limits};

/// Largest block of headers taken, in bytes.
const HEADERS_MAX: u32 = 32 << 10;
/// Resolved addresses that are tried, and named in an error.
const TRIED_MAX: usize = 4;

/// Connects, within the limit for it. `secret` when a token will go along.
pub(super) async fn connect(
    address: &Address,
    secret: bool,
    authority: Option<&Sensitive>,
    limits: &Limits,
) -> Result<Channel, Failure> {
    let connected = tokio::time::timeout(limits.connect, connected(address, secret, authority)).await;
    connected
        .unwrap_or_else(|_| Err(Failure::Late { at: address.authority(), ms: limits.connect.as_millis() }))
}

async fn connected(
    address: &Address,
    secret: bool,
    authority: Option<&Sensitive>,
) -> Result<Channel, Failure> {
    let endpoint = endpoint(address, authority)?;
    let mut stream = Some(TokioIo::new(dial(address, secret).await?));
    // One connection, made already: a lost one is not made again behind our back.
    let given = tower::service_fn(move |_| {
        let stream = stream.take().ok_or_else(|| std::io::Error::other("the connection was lost"));
        std::future::ready(stream)
    });
    endpoint.connect_with_connector(given).await.map_err(|error| {
        let (at, reason) = (address.authority(), reason(&error));
        if address.tls { Failure::Tls { at, reason } } else { Failure::NoGrpc { at, reason } }
    })
}

fn endpoint(address: &Address, authority: Option<&Sensitive>) -> Result<Endpoint, Failure> {
    let scheme = if address.tls { "https" } else { "http" };
    let failed = |error: tonic::transport::Error| Failure::Setting(reason(&error));
    let endpoint = Endpoint::from_shared(format!("{scheme}://{}", address.authority()))
        .and_then(|endpoint| endpoint.user_agent(concat!("k8sgpt/", env!("CARGO_PKG_VERSION"))))
        .map_err(failed)?
        .http2_max_header_list_size(HEADERS_MAX);
    if !address.tls {
        return Ok(endpoint);
    }
    let name = match &address.host {
        Host::Ip(ip) => ip.to_string(),
        Host::Name(name) => name.clone(),
    };
    let tls = ClientTlsConfig::new().domain_name(name).assume_http2(true);
    let tls = match authority {
        Some(pem) => tls.ca_certificate(Certificate::from_pem(pem.expose_for_computation())),
        None => tls.with_native_roots(),
    };
    endpoint.tls_config(tls).map_err(|error| {
        Failure::Setting(format!("certificate authorities cannot be used: {}", reason(&error)))
    })
}

async fn dial(address: &Address, secret: bool) -> Result<TcpStream, Failure> {
    let all = resolve(address).await?;
    let admitted: Vec<SocketAddr> =
        all.iter().filter(|found| address.admits(found.ip(), secret)).copied().take(TRIED_MAX).collect();
    if admitted.is_empty() {
        return Err(barred(address, secret, &all));
    }
    let stream = TcpStream::connect(admitted.as_slice())
        .await
        .map_err(|error| Failure::Unreachable { at: address.authority(), reason: error.to_string() })?;
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

async fn resolve(address: &Address) -> Result<Vec<SocketAddr>, Failure> {
    let name = match &address.host {
        Host::Ip(ip) => return Ok(vec![SocketAddr::new(*ip, address.port)]),
        Host::Name(name) => name,
    };
    match tokio::net::lookup_host((name.as_str(), address.port)).await {
        Ok(found) => Ok(found.collect()),
        Err(error) => Err(Failure::Unknown { host: name.clone(), reason: error.to_string() }),
    }
}

fn barred(address: &Address, secret: bool, all: &[SocketAddr]) -> Failure {
    let host = address.name();
    if secret && all.iter().any(|found| address.admits(found.ip(), false)) {
        return Failure::OpenToken { host };
    }
    let shown: Vec<String> =
        all.iter().map(SocketAddr::ip).take(TRIED_MAX).map(|ip: IpAddr| ip.to_string()).collect();
    let (what, hint) = match address.tls {
        true => ("encrypted", "correct connection.url"),
        false => ("unencrypted", "write https:// before the host, or correct it"),
    };
    let addresses = if shown.is_empty() { "no address".to_owned() } else { shown.join(", ") };
    Failure::Barred { host, addresses, what, hint }
}
