//! The HTTP client.

use std::time::Duration;

use object_store::ClientOptions;
use object_store::client::{HttpClient, HttpConnector};

use super::Failure;

/// How patient calls to a cloud are.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time to establish a connection.
    pub connect: Duration,
    /// Time for everything that is asked, retries included.
    pub deadline: Duration,
    /// Time for the instance metadata service, which is near or not there at all.
    pub near: Duration,
    /// Retries of a request that met 429, a 5xx or a lost connection.
    pub retries: u32,
    /// Longest wait before a retry.
    pub wait: Duration,
    /// Largest answer read, in bytes.
    pub max_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connect: Duration::from_secs(10),
            deadline: Duration::from_secs(30),
            near: Duration::from_secs(3),
            retries: 2,
            wait: Duration::from_secs(5),
            max_bytes: 4 << 20,
        }
    }
}

/// Where a client goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Across the network, through the proxy of the environment.
    Far,
    /// To this machine or its hypervisor, never through a proxy.
    Near,
}

/// A client that follows no redirects: a signature holds for one host.
pub(crate) fn client(limits: &Limits, reach: Reach) -> Result<reqwest::Client, Failure> {
    // The second call of a process finds a provider installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder()
        .user_agent(concat!("k8sgpt/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .timeout(limits.deadline);
    let builder = match reach {
        Reach::Far => builder.connect_timeout(limits.connect),
        Reach::Near => builder.connect_timeout(limits.near).no_proxy(),
    };
    builder.build().map_err(|error| Failure::Client(reason(&error)))
}

/// Hands the library that knows AWS's sources of credentials our client, with our limits.
#[derive(Debug)]
pub(crate) struct Connector(pub(crate) reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

/// Whether a URL leads to this machine.
pub(crate) fn reach_of(url: &str) -> Reach {
    let host = reqwest::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    match host.as_deref() {
        Some("localhost" | "127.0.0.1" | "[::1]") => Reach::Near,
        _ => Reach::Far,
    }
}

/// The innermost reason of an error of the client: the outer ones repeat the URL.
pub(crate) fn reason(error: &dyn std::error::Error) -> String {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
