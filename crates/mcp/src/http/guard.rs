//! Who may ask: the names that a request may use for this server, and the pages that may send one.
//!
//! A browser that was led to an attacker's page can be made to send requests to this machine. It says so
//! in `Origin`, and in `Host` when the attacker's name was pointed at this machine. An address cannot be
//! pointed anywhere, so where a server listens on every address, any address is a right name for it.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, Uri, header};

/// Names that are right for this server.
#[derive(Clone, Debug)]
pub struct Names {
    /// Lower-case names and addresses, without brackets, each with the only port it may have.
    allowed: Vec<(String, Option<u16>)>,
    any_address: bool,
    any_name: bool,
}

/// Why a request is refused: the status and the words.
pub type Refused = (http::StatusCode, String);

impl Names {
    /// The loopback names, the addresses listened on, and what was allowed: `host`, `host:port`,
    /// `*.suffix`, or `*` for any.
    pub fn new(listen: &[SocketAddr], allowed_hosts: &[String]) -> Names {
        let mut allowed: Vec<(String, Option<u16>)> =
            ["localhost", "127.0.0.1", "::1"].iter().map(|name| ((*name).to_owned(), None)).collect();
        let own = listen.iter().map(SocketAddr::ip).filter(|ip| !ip.is_unspecified());
        allowed.extend(own.map(|ip| (ip.to_string(), None)));
        allowed.extend(allowed_hosts.iter().filter_map(|entry| split(entry.trim())));
        let any_address = listen.iter().any(|addr| addr.ip().is_unspecified());
        Names { any_name: allowed_hosts.iter().any(|entry| entry.trim() == "*"), allowed, any_address }
    }

    /// Checks `Host` (and the authority of an absolute target) and `Origin`.
    ///
    /// # Errors
    /// Status and text of the refusal.
    pub fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refused> {
        let hosts: Vec<_> = headers.get_all(header::HOST).iter().collect();
        let host = match (hosts.as_slice(), uri.authority()) {
            ([host], _) => host.to_str().unwrap_or_default(),
            ([], Some(authority)) => authority.as_str(),
            ([], None) => {
                return Err((http::StatusCode::BAD_REQUEST, "the Host header is missing".to_owned()));
            }
            _ => return Err((http::StatusCode::BAD_REQUEST, "there are several Host headers".to_owned())),
        };
        let targets = std::iter::once(host).chain(uri.authority().map(http::uri::Authority::as_str));
        for target in targets {
            if !self.allows(target) {
                return Err(forbidden("host", target, "allow it with --allowed-hosts"));
            }
        }
        for origin in headers.get_all(header::ORIGIN) {
            let origin = origin.to_str().unwrap_or_default();
            let authority = ["http://", "https://"].iter().find_map(|scheme| {
                let (start, rest) = origin.split_at_checked(scheme.len())?;
                start.eq_ignore_ascii_case(scheme).then_some(rest)
            });
            if !authority.is_some_and(|authority| self.allows(authority)) {
                return Err(forbidden("origin", origin, "allow its host with --allowed-hosts"));
            }
        }
        Ok(())
    }

    fn allows(&self, authority: &str) -> bool {
        let Some((name, port)) = split(authority) else {
            return false;
        };
        if self.any_name || (self.any_address && name.parse::<IpAddr>().is_ok()) {
            return true;
        }
        self.allowed.iter().any(|(allowed, only)| {
            let named = match allowed.strip_prefix('*') {
                Some(suffix) => {
                    suffix.starts_with('.') && name.ends_with(suffix) && name.len() > suffix.len()
                }
                None => *allowed == name,
            };
            named && only.is_none_or(|only| port == Some(only))
        })
    }
}

fn forbidden(what: &str, given: &str, advice: &str) -> Refused {
    let given = crate::text::brief(given, 80);
    (http::StatusCode::FORBIDDEN, format!("{what} \"{given}\" is not a name of this server; {advice}"))
}

/// `host[:port]`, the host in lower case without brackets and without the dot of the root.
fn split(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        (host, rest.strip_prefix(':').map_or((!rest.is_empty()).then_some(""), Some))
    } else {
        match authority.split_once(':') {
            // An address of the sixth version without brackets, as people write it in lists.
            Some((_, rest)) if rest.contains(':') => (authority, None),
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        }
    };
    let port = match port {
        None => None,
        Some(port) => Some(port.parse::<u16>().ok()?),
    };
    let host = host.strip_suffix('.').unwrap_or(host).to_lowercase();
    let usable = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':' | b'_' | b'*');
    (!host.is_empty() && host.bytes().all(usable)).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn status(names: &Names, host: Option<&'static str>, origin: Option<&'static str>) -> u16 {
        let mut headers = HeaderMap::new();
        if let Some(host) = host {
            headers.insert(header::HOST, HeaderValue::from_static(host));
        }
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        names.check(&Uri::from_static("/mcp"), &headers).map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    #[test]
    fn only_names_of_this_server_pass() {
        let local = Names::new(
            &["127.0.0.1:8089".parse().unwrap()],
            &["k8sgpt.tools.svc".to_owned(), "one.example:80".to_owned(), "*.corp.example".to_owned()],
        );
        let cases = [
            (Some("localhost"), None, 200),
            (Some("LOCALHOST:8089"), None, 200),
            (Some("localhost.:8089"), None, 200),
            (Some("127.0.0.1:8089"), None, 200),
            (Some("[::1]:8089"), None, 200),
            (Some("k8sgpt.tools.svc:8089"), None, 200),
            (Some("one.example:80"), None, 200),
            (Some("one.example:81"), None, 403),
            (Some("a.corp.example"), None, 200),
            (Some("corp.example"), None, 403),
            (Some("acorp.example"), None, 403),
            (None, None, 400),
            (Some(""), None, 403),
            (Some("evil.example"), None, 403),
            (Some("127.0.0.1.nip.io"), None, 403),
            (Some("localhost@evil.example"), None, 403),
            (Some("evil.example#localhost"), None, 403),
            (Some("localhost:99999"), None, 403),
            (Some("localhost:"), None, 403),
            (Some("[::1"), None, 403),
            (Some("[localhost]"), None, 403),
            (Some("10.0.0.5:8089"), None, 403),
            (Some("localhost"), Some("http://localhost:3000"), 200),
            (Some("localhost"), Some("http://[::1]:3000"), 200),
            (Some("localhost"), Some("https://127.0.0.1"), 200),
            (Some("localhost"), Some("null"), 403),
            (Some("localhost"), Some(""), 403),
            (Some("localhost"), Some("http://evil.example"), 403),
            (Some("localhost"), Some("http://localhost.evil.example"), 403),
            (Some("localhost"), Some("http://localhost@evil.example"), 403),
            (Some("localhost"), Some("file://localhost"), 403),
            (Some("localhost"), Some("http://localhost/../evil"), 403),
        ];
        for (host, origin, expected) in cases {
            assert_eq!(status(&local, host, origin), expected, "{host:?} {origin:?}");
        }
    }

    #[test]
    fn a_server_on_every_address_is_known_by_any_address() {
        let wide = Names::new(&["0.0.0.0:8089".parse().unwrap()], &[]);
        assert_eq!(status(&wide, Some("10.0.0.5:8089"), None), 200);
        assert_eq!(status(&wide, Some("[fd00::1]:8089"), None), 200);
        assert_eq!(status(&wide, Some("evil.example"), None), 403);
        let any = Names::new(&["0.0.0.0:8089".parse().unwrap()], &["*".to_owned()]);
        assert_eq!(status(&any, Some("whatever.example"), None), 200);
    }

    #[test]
    fn an_absolute_target_must_be_ours_too() {
        let names = Names::new(&["127.0.0.1:8089".parse().unwrap()], &[]);
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("localhost"));
        assert!(names.check(&Uri::from_static("http://evil.example/mcp"), &headers).is_err());
        headers.append(header::HOST, HeaderValue::from_static("localhost"));
        assert!(names.check(&Uri::from_static("/mcp"), &headers).is_err());
    }
}
