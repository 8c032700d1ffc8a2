//! Where a cache may be: never a metadata service, and without TLS only on a near network.

use super::CacheError;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Host names under which clouds hand out credentials.
const METADATA_NAMES: &[&str] =
    &["metadata.google.internal", "metadata", "instance-data", "instance-data.ec2.internal"];

/// An address that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Endpoint {
    /// Without a slash at its end.
    pub(super) url: String,
    /// Name or address, without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// True for `http`: then every address of the host must be near.
    pub(super) plain: bool,
}

/// The endpoint that a URL names.
pub(super) fn endpoint(field: &str, text: &str) -> Result<Endpoint, CacheError> {
    let invalid =
        |problem: &str| CacheError::Invalid { field: field.to_owned(), problem: problem.to_owned() };
    let url = reqwest::Url::parse(text).ok().filter(|url| url.has_host() && text.len() <= 2048);
    let url = url.ok_or_else(|| invalid("is no URL; write it like https://HOST:PORT"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(invalid("must not hold a user or password; credentials come from the environment"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(invalid("must not hold a query or fragment"));
    }
    let plain = match url.scheme() {
        "https" => false,
        "http" => true,
        _ => return Err(invalid("must begin with https://, or with http:// on a private network")),
    };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).trim_end_matches('.').to_owned();
    judge(&host, plain).map_err(invalid)?;
    let port = url.port_or_known_default().unwrap_or(443);
    Ok(Endpoint { url: url.as_str().trim_end_matches('/').to_owned(), host, port, plain })
}

/// What speaks against a host before it is looked up.
fn judge(host: &str, plain: bool) -> Result<(), &'static str> {
    if is_metadata_name(host) {
        return Err("must not be a cloud's metadata service");
    }
    let Ok(address) = host.parse() else { return Ok(()) };
    if is_forbidden(address) {
        return Err("must not be a link-local, metadata, multicast or unspecified address");
    }
    if plain && !is_near(address) {
        return Err("is a public address; use https there");
    }
    Ok(())
}

/// True for names of metadata services.
pub(super) fn is_metadata_name(host: &str) -> bool {
    METADATA_NAMES.iter().any(|name| name.eq_ignore_ascii_case(host))
}

/// True for addresses that nothing configured may lead to.
pub(super) fn is_forbidden(address: IpAddr) -> bool {
    match plain_form(address) {
        IpAddr::V4(v4) => {
            let metadata = [Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(168, 63, 129, 16)];
            v4.is_link_local()
                || v4.is_unspecified()
                || v4.is_multicast()
                || v4.is_broadcast()
                || metadata.contains(&v4)
        }
        IpAddr::V6(v6) => {
            let metadata = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
            v6.is_unicast_link_local() || v6.is_unspecified() || v6.is_multicast() || v6 == metadata
        }
    }
}

/// True for this machine and for private networks.
pub(super) fn is_near(address: IpAddr) -> bool {
    match plain_form(address) {
        // 100.64.0.0/10 is what providers and clusters number pods with.
        IpAddr::V4(v4) => {
            v4.is_loopback() || v4.is_private() || (v4.octets()[0] == 100 && v4.octets()[1] & 0xc0 == 64)
        }
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

/// An IPv4 address that is written as an IPv6 address, as what it is.
fn plain_form(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    match v6.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            IpAddr::V4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)))
        }
        _ => address.to_canonical(),
    }
}

/// Looks a host up and refuses what must not be connected to. `plain` wants every address to be near.
pub(super) async fn resolve(
    host: &str,
    port: u16,
    plain: bool,
) -> std::io::Result<Vec<std::net::SocketAddr>> {
    let found: Vec<_> = tokio::net::lookup_host((host, port)).await?.collect();
    if !is_metadata_name(host) && found.iter().any(|address| is_forbidden(address.ip())) {
        return Err(std::io::Error::other(format!("{host} leads to a link-local or metadata address")));
    }
    if plain && !found.iter().all(|address| is_near(address.ip())) {
        return Err(std::io::Error::other(format!("{host} is on a public network, where https is needed")));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_public_endpoints() {
        let good = [
            "https://s3.example.com",
            "https://8.8.8.8:9000/path",
            "http://127.0.0.1:9000",
            "http://localhost:9000/",
            "http://10.1.2.3",
            "http://[::1]:1",
            "http://minio.minio.svc:9000",
            "http://[fd12::1]:9000",
            "http://100.64.1.2",
        ];
        for url in good {
            assert!(endpoint("e", url).is_ok(), "{url}: {:?}", endpoint("e", url));
        }
        let made = endpoint("e", "http://localhost:9000/").unwrap();
        let host = "localhost".to_owned();
        assert_eq!(made, Endpoint { url: "http://localhost:9000".to_owned(), host, port: 9000, plain: true });
        let bad = [
            "",
            "minio:9000",
            "ftp://x",
            "https://",
            "https://user:pw@host",
            "https://host?x",
            "http://8.8.8.8",
            "http://169.254.169.254",
            "https://169.254.169.254/latest",
            "http://0xa9fea9fe/",
            "http://2852039166/",
            "http://[::ffff:169.254.169.254]",
            "http://[64:ff9b::a9fe:a9fe]",
            "https://[fe80::1]",
            "http://0.0.0.0:80",
            "http://[::]",
            "https://metadata.google.internal",
            "https://METADATA.google.internal./",
            "http://[fd00:ec2::254]",
            "https://100.100.100.200",
            "http://224.0.0.1",
            "http://1.1",
            "file:///etc/passwd",
        ];
        for url in bad {
            assert!(matches!(endpoint("e", url), Err(CacheError::Invalid { .. })), "{url}");
        }
    }

    #[test]
    fn errors_hold_no_password() {
        let error = endpoint("e", "https://user:canary@host").unwrap_err().to_string();
        assert!(!error.contains("canary"), "{error}");
    }
}
