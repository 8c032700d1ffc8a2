//! The HTTP clients: one for the endpoint, by the rules for addresses, one for those who hand out credentials.

use std::sync::Arc;
use std::time::Duration;

use object_store::ClientOptions;
use object_store::client::{HttpClient, HttpConnector};
use reqwest::redirect::{Attempt, Policy};
use reqwest::{NoProxy, Proxy, StatusCode, Url};

use super::address::{Distance, distance_of};
use super::resolver::Guard;
use super::setup::{Setup, text};
use super::{BackendError, Surroundings};
use crate::Provider;

/// Time to establish a connection.
const CONNECT: Duration = Duration::from_secs(10);
/// Time for an answer of the metadata service, which is near or not there at all.
const NEAR: Duration = Duration::from_secs(3);

fn bare() -> reqwest::ClientBuilder {
    // The second call of a process finds a provider installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("k8sgpt/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
}

/// For the endpoint of a backend.
pub(super) fn endpoint(
    setup: &Setup,
    provider: &Provider,
    around: &Surroundings,
) -> Result<reqwest::Client, BackendError> {
    let near = setup.is_near() && !around.is_true("K8SGPT_ALLOW_HTTP");
    let guard = Guard { near: setup.base.host_str().filter(|_| near).map(str::to_owned) };
    let mut builder = bare().dns_resolver(Arc::new(guard)).redirect(Policy::custom(within_origin)).no_proxy();
    for proxy in proxies(setup, provider, around)? {
        builder = builder.proxy(proxy);
    }
    builder.build().map_err(|error| BackendError::Client { reason: super::send::reason(&error) })
}

/// What is asked is sent again to the same scheme, host and port only, and only where it stays a POST.
fn within_origin(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let keeps = matches!(attempt.status(), StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT);
    let same = attempt.previous().last().is_some_and(|from| from.origin() == attempt.url().origin());
    if keeps && same && attempt.previous().len() <= 3 { attempt.follow() } else { attempt.stop() }
}

/// The configured proxy, else those of the environment. A proxy of the environment is for the network, not
/// for this machine.
fn proxies(setup: &Setup, provider: &Provider, around: &Surroundings) -> Result<Vec<Proxy>, BackendError> {
    let failed = |what: &'static str| {
        let reason = "it is no URL of a proxy; write it as http://HOST:PORT".to_owned();
        BackendError::Setting { backend: setup.info.name.to_owned(), what, reason }
    };
    if let Some(own) = provider.proxy_endpoint.as_ref().and_then(text) {
        let own = if own.contains("://") { own.to_owned() } else { format!("http://{own}") };
        return Ok(vec![Proxy::all(&own).map_err(|_| failed("the proxy"))?]);
    }
    if is_loopback(&setup.base) {
        return Ok(Vec::new());
    }
    let not = around.first(&["NO_PROXY", "no_proxy"]).and_then(NoProxy::from_string);
    let mut found = Vec::new();
    let wanted = [
        (&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"][..], "https"),
        (&["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"], "http"),
    ];
    for (names, scheme) in wanted {
        let Some(url) = around.first(names) else { continue };
        let proxy = if scheme == "https" { Proxy::https(url) } else { Proxy::http(url) };
        found.push(proxy.map_err(|_| failed("the proxy of the environment"))?.no_proxy(not.clone()));
    }
    Ok(found)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// For a service that hands out credentials: the cloud's own, or one of this machine.
pub(super) fn credentials(near: bool, limit: Duration) -> Result<reqwest::Client, BackendError> {
    let builder = bare().redirect(Policy::none());
    let builder = if near { builder.no_proxy().timeout(NEAR) } else { builder.timeout(limit) };
    builder.build().map_err(|error| BackendError::Client { reason: super::send::reason(&error) })
}

/// Whether a URL leads to this machine or its hypervisor, which no proxy reaches.
pub(super) fn is_local(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_loopback(&url) || distance_of(&url) == Distance::Never)
}

/// Hands the library that knows the clouds' sources of credentials our client.
#[derive(Debug)]
pub(super) struct Connector(pub(super) reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}
