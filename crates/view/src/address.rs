//! Addresses in the words that a container is given: environment values, commands, arguments.

use crate::Str;

/// A host that a text names, and the port that stands with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// A DNS name, never a number of an address.
    pub host: Str,
    /// The port, written or that of the scheme.
    pub port: Option<i32>,
}

impl Address {
    /// The addresses in a text: parts of URLs, `host:port`, names with dots, a name before a number
    /// (`nc -z db 5432`) or behind a word that asks for a host (`--host db`). A single word counts when
    /// `key`, the name of what holds the text, asks for a host.
    pub fn in_text(text: &str, key: &str) -> Vec<Address> {
        let mut found = Vec::new();
        let words: Vec<&str> = text.split(is_separator).filter(|word| !word.is_empty()).collect();
        for (at, word) in words.iter().enumerate() {
            let before = if at == 0 { key } else { words[at - 1] };
            let after = words.get(at + 1).and_then(|next| port(next)).filter(|_| *word != "sleep");
            if let Some(address) = address(word, asks_for_host(before), after)
                && !found.contains(&address)
            {
                found.push(address);
            }
        }
        found
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || ",;\"'`()|<>[]{}=&".contains(c)
}

fn port(text: &str) -> Option<i32> {
    let digits = !text.is_empty() && text.len() <= 5 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits && (1..=65_535).contains(port))
}

fn address(word: &str, wanted: bool, after: Option<i32>) -> Option<Address> {
    let (scheme, rest) = word.split_once("://").map_or(("", word), |(scheme, rest)| (scheme, rest));
    let authority = rest.split(['/', '?', '#']).next()?;
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, written) = match authority.split_once(':') {
        Some((host, text)) => (host, Some(port(text)?)),
        None => (authority, None),
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    let by_scheme = match scheme.rsplit(':').next() {
        Some("http" | "ws") => Some(80),
        Some("https" | "wss") => Some(443),
        _ => None,
    };
    let told = !scheme.is_empty() || written.is_some() || after.is_some() || host.contains('.') || wanted;
    let port = written.or(by_scheme).or(if scheme.is_empty() { after } else { None });
    (told && is_name(host)).then(|| Address { host: host.into(), port })
}

fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        !label.is_empty() && label.bytes().all(allowed) && !label.starts_with('-') && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(label) && host.bytes().any(|b| b.is_ascii_lowercase())
}

/// Last words of names behind which a host stands: `DB_HOST`, `--redis-addr`, `brokers`.
const HOST_WORDS: &[&str] = &[
    "host",
    "hosts",
    "hostname",
    "addr",
    "address",
    "addresses",
    "url",
    "urls",
    "uri",
    "endpoint",
    "endpoints",
    "server",
    "servers",
    "service",
    "svc",
    "broker",
    "brokers",
    "upstream",
    "backend",
    "dsn",
    "sentinel",
];

fn asks_for_host(key: &str) -> bool {
    if key == "-h" {
        return true;
    }
    let last = key.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    HOST_WORDS.iter().any(|word| last.eq_ignore_ascii_case(word))
}
