//! Where an analyzer is, as a configuration writes it: a URL or a host, and a port.

use std::net::IpAddr;

use super::network::{Place, place};

/// A checked address. Which hosts it leads to is checked once more when a connection is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub(super) host: Host,
    pub(super) port: u16,
    /// Encrypted.
    pub(super) tls: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    Ip(IpAddr),
    /// In lower case, without a dot at its end.
    Name(String),
}

/// Why an address is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// There is none.
    #[error("is empty; give a host name, an address, or https://HOST")]
    Empty,
    /// It holds a user or a password.
    #[error("holds a user or a password; a token belongs into token_file or token_env")]
    User,
    /// Another scheme than these.
    #[error("begins with {0:?}; forms are HOST, http://HOST and https://HOST")]
    Scheme(String),
    /// A path, a query, a port inside the host.
    #[error("holds more than a host: {0:?}; the port is a field of its own, and a path has no meaning")]
    More(String),
    /// Neither a name nor an address.
    #[error("{0:?} is neither a host name nor an IP address")]
    NoHost(String),
    /// An address, or a name that leads to one, that is never called.
    #[error(
        "{0} is never called: link-local and metadata addresses, and those that are no single host, are refused"
    )]
    Refused(String),
    /// Unencrypted to where others may listen.
    #[error(
        "{0} is outside this machine and private networks, where only an encrypted connection is made; write https://{0}"
    )]
    Plaintext(String),
    /// Port 0.
    #[error("port 0 is no port; give one from 1 to 65535")]
    Port,
}

/// Longest part of what was given that an error quotes.
const QUOTED_MAX: usize = 80;

impl Address {
    /// From a URL or a bare host, and a port. A bare host and `http://` mean an unencrypted connection, which
    /// is made only to this machine, private addresses and names inside a cluster: one word, `*.svc`,
    /// `*.svc.cluster.local`.
    ///
    /// # Errors
    /// [`AddressError`] says what is wrong and what is accepted.
    pub fn parse(url: &str, port: u16) -> Result<Address, AddressError> {
        let url = url.trim();
        let (scheme, rest) = url.split_once("://").map_or(("http", url), |(scheme, rest)| (scheme, rest));
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(AddressError::Scheme(quoted(scheme))),
        };
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.contains('@') {
            return Err(AddressError::User);
        }
        if port == 0 {
            return Err(AddressError::Port);
        }
        let host = host(rest)?;
        let address = Address { host, port, tls };
        match (&address.host, address.place()) {
            (_, Place::Refused) => Err(AddressError::Refused(address.name())),
            (_, Place::Public) if !tls => Err(AddressError::Plaintext(address.name())),
            _ => Ok(address),
        }
    }

    /// The host, an IPv6 address in brackets.
    pub(super) fn name(&self) -> String {
        match &self.host {
            Host::Ip(IpAddr::V6(ip)) => format!("[{ip}]"),
            Host::Ip(ip) => ip.to_string(),
            Host::Name(name) => name.clone(),
        }
    }

    /// `host:port`.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.name(), self.port)
    }

    /// Where a name by itself promises to lead.
    fn place(&self) -> Place {
        let name = match &self.host {
            Host::Ip(ip) => return place(*ip),
            Host::Name(name) => name,
        };
        let inside = !name.contains('.')
            || [".localhost", ".svc", ".svc.cluster.local"].iter().any(|end| name.ends_with(end));
        if ["metadata", "metadata.google.internal", "instance-data"].contains(&name.as_str()) {
            Place::Refused
        } else if name == "localhost" || name.ends_with(".localhost") {
            Place::Loopback
        } else if inside {
            Place::Private
        } else {
            Place::Public
        }
    }

    /// Whether a secret may travel there: encrypted, or without leaving this machine.
    pub(super) fn keeps_secrets(&self) -> bool {
        self.tls || self.place() == Place::Loopback
    }

    /// Whether a connection to this address may be made, `secret` when a token goes along.
    pub(super) fn admits(&self, ip: IpAddr, secret: bool) -> bool {
        match place(ip) {
            Place::Refused => false,
            Place::Loopback => true,
            Place::Private => self.tls || !secret,
            Place::Public => self.tls,
        }
    }
}

fn host(text: &str) -> Result<Host, AddressError> {
    if text.is_empty() {
        return Err(AddressError::Empty);
    }
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    if let Ok(ip) = inner.unwrap_or(text).parse::<IpAddr>() {
        let bracketed = inner.is_some() && ip.is_ipv4();
        return if bracketed { Err(AddressError::NoHost(quoted(text))) } else { Ok(Host::Ip(ip)) };
    }
    if text.contains(['/', '?', '#', ':', '\\', '%']) {
        return Err(AddressError::More(quoted(text)));
    }
    let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    // Resolvers take 127.1, 2130706433 and 0x7f.0.0.1 for addresses; we take none of them.
    let numeric = name.rsplit('.').next().is_some_and(|last| {
        last.bytes().all(|b| b.is_ascii_digit()) || last.strip_prefix("0x").is_some_and(is_hexadecimal)
    });
    match !numeric && is_host(&name) {
        true => Ok(Host::Name(name)),
        false => Err(AddressError::NoHost(quoted(text))),
    }
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_host(name: &str) -> bool {
    // Names of Docker Compose and of Windows machines have underscores.
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(label)
}

/// Whether a text can be the name of a custom analyzer: a lower-case subdomain after RFC 1123.
pub fn is_name(text: &str) -> bool {
    is_host(text) && !text.contains('_')
}

/// What was given, fit to be quoted.
fn quoted(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !view::is_invisible(*c)).take(QUOTED_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is refused, and a part of what is said of it.
    const REFUSED: &[(&str, &str)] = &[
        ("", "empty"),
        ("https://", "empty"),
        ("analyzer.example.com", "https://analyzer.example.com"),
        ("http://analyzer.example.com", "https://analyzer.example.com"),
        ("8.8.8.8", "https://8.8.8.8"),
        ("evil.svc.example.com", "https://"),
        ("xsvc.cluster.local", "https://"),
        ("169.254.169.254", "never called"),
        ("https://169.254.169.254", "never called"),
        ("https://[fe80::1]", "never called"),
        ("https://[::ffff:169.254.169.254]", "never called"),
        ("https://[::ffff:a9fe:a9fe]", "never called"),
        ("https://100.100.100.200", "never called"),
        ("https://metadata.google.internal", "never called"),
        ("metadata.google.internal.", "never called"),
        ("0.0.0.0", "never called"),
        ("[::]", "never called"),
        ("https://224.0.0.1", "never called"),
        ("2130706433", "neither"),
        ("0x7f000001", "neither"),
        ("0x7f.1", "neither"),
        ("127.1", "neither"),
        ("0177.0.0.1", "neither"),
        ("017700000001", "neither"),
        ("https://2852039166", "neither"),
        ("[127.0.0.1]", "neither"),
        ("-x", "neither"),
        ("a..b", "neither"),
        ("a b", "neither"),
        ("ärger.example", "neither"),
        ("localhost:8085", "more than a host"),
        ("http://localhost:8085", "more than a host"),
        ("localhost/path", "more than a host"),
        ("localhost?x", "more than a host"),
        ("localhost#x", "more than a host"),
        ("127.0.0.1%2f", "more than a host"),
        ("https:\\\\localhost", "more than a host"),
        ("user:secret@localhost", "user or a password"),
        ("https://evil@localhost", "user or a password"),
        ("dns:///localhost", "\"dns\""),
        ("unix:///var/run/x", "\"unix\""),
        ("file:///etc/passwd", "\"file\""),
        ("localhost\r\nx", "neither"),
    ];

    #[test]
    fn hosts_are_taken_by_the_rule() {
        let parse = |url: &str| Address::parse(url, 8085);
        for url in [
            "localhost",
            "127.0.0.1",
            "::1",
            "[::1]",
            "http://[::1]",
            "http://localhost/",
            "10.0.0.7",
            "http://192.168.1.1",
            "analyzer",
            "my_analyzer",
            "analyzer.tools.svc",
            "analyzer.tools.svc.cluster.local",
            "analyzer.tools.svc.cluster.local.",
            "Analyzer.Tools.SVC",
            "https://analyzer.example.com",
            "HTTPS://8.8.8.8",
            "https://[2001:db8::1]",
            "fd00::17",
        ] {
            assert!(parse(url).is_ok(), "{url}: {:?}", parse(url));
        }
        for (url, part) in REFUSED {
            let error = parse(url).expect_err(url).to_string();
            assert!(error.contains(part), "{url}: {error}");
            assert!(!error.contains("secret") && !error.chars().any(char::is_control), "{error}");
        }
        assert_eq!(Address::parse("localhost", 0), Err(AddressError::Port));
    }

    #[test]
    fn what_a_name_resolves_to_is_held_against_the_rule_again() {
        let plain = Address::parse("analyzer.tools.svc", 1).unwrap();
        let sealed = Address::parse("https://analyzer.example.com", 1).unwrap();
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        for (text, over_plain, with_secret, over_tls) in [
            ("127.0.0.1", true, true, true),
            ("10.0.0.1", true, false, true),
            ("8.8.8.8", false, false, true),
            ("169.254.169.254", false, false, false),
            ("::ffff:169.254.169.254", false, false, false),
        ] {
            assert_eq!(plain.admits(ip(text), false), over_plain, "{text}");
            assert_eq!(plain.admits(ip(text), true), with_secret, "{text}");
            assert_eq!(sealed.admits(ip(text), true), over_tls, "{text}");
        }
        assert!(sealed.keeps_secrets() && !plain.keeps_secrets());
        assert!(Address::parse("localhost", 1).unwrap().keeps_secrets());
    }

    #[test]
    fn names_are_lower_case_subdomains() {
        for name in ["a", "my-analyzer", "disk.example.com", "0"] {
            assert!(is_name(name), "{name}");
        }
        let long = "a".repeat(64);
        for name in ["", "A", "-a", "a-", "a_b", "a b", "a..b", "a\n", "ä", long.as_str()] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
