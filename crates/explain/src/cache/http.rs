//! The HTTP client of the object stores: bounded in bytes and time, and kept from where it must not go.

use super::Limits;
use super::address;
use http_body_util::{BodyExt, Limited};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody,
    HttpService,
};
use object_store::{ClientConfigKey, ClientOptions};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// More than a page of a listing.
const MAX_BODY_BYTES: usize = 8 << 20;
/// What the library sets for metadata services; a value that tells them from the store.
const METADATA_CONNECT: &str = "1s";

/// Makes the clients: one for the store, one for whoever hands out credentials.
#[derive(Clone, Debug)]
pub(super) struct Connector {
    pub(super) limits: Limits,
    /// Host of the store when it is asked without TLS.
    pub(super) plain_host: Option<String>,
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let set = |key: ClientConfigKey| options.get_config_value(&key);
        let metadata = set(ClientConfigKey::ConnectTimeout).as_deref() == Some(METADATA_CONNECT);
        let is = |key: ClientConfigKey| set(key).as_deref() == Some("true");
        // Only the store's own certificate may go unverified, never that of a token service, for which the
        // library takes back the permission to go without TLS.
        let insecure = is(ClientConfigKey::AllowInvalidCertificates) && is(ClientConfigKey::AllowHttp);
        let connect =
            if metadata { self.limits.connect.min(Duration::from_secs(1)) } else { self.limits.connect };
        let builder = reqwest::Client::builder()
            .user_agent(concat!("k8sgpt/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(connect)
            .timeout(self.limits.call)
            .tls_danger_accept_invalid_certs(insecure)
            .dns_resolver(Guard { plain_host: self.plain_host.clone() });
        // Near networks and metadata services are not behind the proxy.
        let near = metadata || self.plain_host.is_some();
        let builder = if near { builder.no_proxy() } else { builder };
        let client = builder
            .build()
            .map_err(|error| object_store::Error::Generic { store: "HTTP", source: Box::new(error) })?;
        Ok(HttpClient::new(Bounded(HttpClient::new(client))))
    }
}

/// Looks names up and refuses addresses that must not be reached.
#[derive(Clone, Debug)]
struct Guard {
    plain_host: Option<String>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let plain = self.plain_host.as_deref().is_some_and(|host| host.eq_ignore_ascii_case(name.as_str()));
        Box::pin(async move {
            let found = address::resolve(name.as_str(), 0, plain).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Answers of at most [`MAX_BODY_BYTES`].
#[derive(Debug)]
struct Bounded(HttpClient);

impl HttpService for Bounded {
    fn call<'a, 'b>(
        &'a self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'b>>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            let (parts, body) = self.0.execute(request).await?.into_parts();
            let body = Limited::new(body, MAX_BODY_BYTES);
            let body = body.map_err(|error| HttpError::new_boxed(HttpErrorKind::Decode, error));
            Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)))
        })
    }
}
