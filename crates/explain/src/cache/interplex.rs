//! Entries on an Interplex server, over gRPC.

use super::address::{self, Endpoint};
use super::failure::{quoted, reason};
use super::objects::PREFIX;
use super::{CacheError, Key, Limits, MAX_ENTRY_BYTES};
use std::net::SocketAddr;
use tokio::sync::OnceCell;
use tonic::transport::{Channel, ClientTlsConfig, Uri};
use tonic::{Code, Status};

#[allow(missing_docs, clippy::all, clippy::too_many_lines)]
mod pb {
    include!(concat!(env!("OUT_DIR"), "/client/schema.v1.rs"));
}

use pb::cache_service_client::CacheServiceClient;

/// Where a server is in local mode.
const LOCAL: &str = "localhost:8084";
const PORT: u16 = 8084;
const FIELD: &str = "cache.interplex.connectionString";
const HINT: &str = "start the server, or correct the connection string";

/// A server, connected to when it is first used.
#[derive(Debug)]
pub(super) struct Interplex {
    endpoint: Endpoint,
    limits: Limits,
    channel: OnceCell<Channel>,
}

/// `host`, `host:port`, or a URL of both; without a scheme, TLS is used where the address is public.
pub(super) fn endpoint(text: &str) -> Result<Endpoint, CacheError> {
    let invalid =
        |problem: &str| CacheError::Invalid { field: FIELD.to_owned(), problem: problem.to_owned() };
    if text.is_empty() {
        return Err(invalid("is needed: HOST:PORT"));
    }
    let given = text.split_once("://").map(|(scheme, _)| scheme);
    let url = if given.is_some() { text.to_owned() } else { format!("https://{text}") };
    let mut endpoint = address::endpoint(FIELD, &url)?;
    let parsed = reqwest::Url::parse(&url).map_err(|_| invalid("is no HOST:PORT"))?;
    if !matches!(parsed.path(), "" | "/") {
        return Err(invalid("must be HOST:PORT, without a path"));
    }
    // A URL leaves out the port that its scheme implies.
    let written = text.trim_end_matches('/').ends_with(&format!(":{}", endpoint.port));
    if parsed.port().is_none() && !written {
        endpoint.port = PORT;
    }
    // Without a scheme the addresses decide.
    endpoint.plain = given == Some("http");
    endpoint.url = if given.is_some() { url } else { String::new() };
    Ok(endpoint)
}

impl Interplex {
    pub(super) fn new(
        connection_string: &str,
        local: bool,
        limits: &Limits,
    ) -> Result<Interplex, CacheError> {
        let endpoint = endpoint(if local { LOCAL } else { connection_string })?;
        Ok(Interplex { endpoint, limits: limits.clone(), channel: OnceCell::new() })
    }

    pub(super) fn place(&self) -> String {
        format!("Interplex server {}", self.authority())
    }

    fn authority(&self) -> String {
        match self.endpoint.host.contains(':') {
            true => format!("[{}]:{}", self.endpoint.host, self.endpoint.port),
            false => format!("{}:{}", self.endpoint.host, self.endpoint.port),
        }
    }

    async fn client(&self) -> Result<CacheServiceClient<Channel>, CacheError> {
        let channel = self.channel.get_or_try_init(|| self.connect()).await?;
        let max = MAX_ENTRY_BYTES + 4096;
        Ok(CacheServiceClient::new(channel.clone()).max_decoding_message_size(max))
    }

    async fn connect(&self) -> Result<Channel, CacheError> {
        // The second call of a process finds a provider installed, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let unreachable =
            |reason: String| CacheError::Unreachable { place: self.place(), reason, hint: HINT };
        let found = address::resolve(&self.endpoint.host, self.endpoint.port, self.endpoint.plain).await;
        let found = found.map_err(|error| unreachable(quoted(&error.to_string())))?;
        let mut last = "the name has no address".to_owned();
        for address in found {
            match self.connect_to(address).await {
                Ok(channel) => return Ok(channel),
                Err(reason) => last = reason,
            }
        }
        Err(unreachable(last))
    }

    /// Connects to an address that was looked at, under the name that was given.
    async fn connect_to(&self, address: SocketAddr) -> Result<Channel, String> {
        let near = self.endpoint.url.is_empty() && address::is_near(address.ip());
        let scheme = if self.endpoint.plain || near { "http" } else { "https" };
        let told = |error: &dyn std::error::Error| reason(error);
        let endpoint = Channel::from_shared(format!("{scheme}://{address}")).map_err(|error| told(&error))?;
        let origin: Uri = format!("{scheme}://{}", self.authority()).parse().map_err(|_| "no host name")?;
        let mut endpoint =
            endpoint.origin(origin).connect_timeout(self.limits.connect).timeout(self.limits.call);
        if scheme == "https" {
            let tls = ClientTlsConfig::new().with_native_roots().domain_name(&self.endpoint.host);
            endpoint = endpoint.tls_config(tls).map_err(|error| told(&error))?;
        }
        endpoint.connect().await.map_err(|error| told(&error))
    }

    pub(super) async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, CacheError> {
        let request = pb::GetRequest { key: name(key) };
        match self.client().await?.get(request).await {
            Ok(answer) => Ok(Some(answer.into_inner().value.into_bytes()).filter(|value| !value.is_empty())),
            Err(status) if is_miss(&status) => Ok(None),
            Err(status) => Err(self.failed(&status, "read an entry")),
        }
    }

    pub(super) async fn put(&self, key: &Key, bytes: Vec<u8>) -> Result<(), CacheError> {
        let value = String::from_utf8(bytes).unwrap_or_default();
        let set = self.client().await?.set(pb::SetRequest { key: name(key), value }).await;
        set.map(drop).map_err(|status| self.failed(&status, "write an entry"))
    }

    /// True when there was one.
    pub(super) async fn delete(&self, key: &Key) -> Result<bool, CacheError> {
        let known = self.get(key).await?.is_some();
        let request = pb::DeleteRequest { key: name(key) };
        match self.client().await?.delete(request).await {
            Ok(_) => Ok(known),
            Err(status) if is_miss(&status) => Ok(false),
            Err(status) => Err(self.failed(&status, "delete an entry")),
        }
    }

    pub(super) fn no_list(&self) -> CacheError {
        CacheError::NoList { place: self.place(), instead: "name the key of an entry to delete it" }
    }

    fn failed(&self, status: &Status, action: &'static str) -> CacheError {
        let place = self.place();
        match status.code() {
            Code::DeadlineExceeded | Code::Cancelled => {
                CacheError::Late { place, milliseconds: self.limits.call.as_millis() }
            }
            Code::Unavailable => {
                CacheError::Unreachable { place, reason: quoted(status.message()), hint: HINT }
            }
            Code::Unimplemented => CacheError::Refused {
                place,
                action,
                said: "it does not speak Interplex's protocol".to_owned(),
            },
            code => {
                CacheError::Refused { place, action, said: format!("{code:?}: {}", quoted(status.message())) }
            }
        }
    }
}

/// Under the prefix that other stores use, apart from what the original stores there.
fn name(key: &Key) -> String {
    format!("{PREFIX}/{key}")
}

/// A server in Go answers with a plain error, which becomes `Unknown`, when it has no such key.
fn is_miss(status: &Status) -> bool {
    let message = status.message().to_ascii_lowercase();
    status.code() == Code::NotFound
        || (status.code() == Code::Unknown
            && ["not found", "no such", "nil"].iter().any(|w| message.contains(w)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_strings() {
        let read = |text| endpoint(text).map(|e| (e.host, e.port, e.plain));
        let is = |host: &str, port, plain| Some((host.to_owned(), port, plain));
        assert_eq!(read("localhost:8084").ok(), is("localhost", 8084, false));
        assert_eq!(read("cache.example.com").ok(), is("cache.example.com", 8084, false));
        assert_eq!(read("cache.example.com:443").ok(), is("cache.example.com", 443, false));
        assert_eq!(read("https://cache.example.com:443/").ok(), is("cache.example.com", 443, false));
        assert_eq!(read("http://10.0.0.1:9").ok(), is("10.0.0.1", 9, true));
        assert_eq!(read("[::1]:9").ok(), is("::1", 9, false));
        for text in
            ["", "a/b", "host:port", "user:pw@host:1", "http://8.8.8.8:1", "169.254.169.254:80", "ftp://h"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
