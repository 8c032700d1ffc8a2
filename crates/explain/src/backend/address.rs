//! Which addresses may be called, and which are near.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::Url;

/// Where a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distance {
    /// This machine or a private network.
    Near,
    /// Anywhere else.
    Far,
    /// Link-local and metadata addresses: they hand out credentials of the machine.
    Never,
}

/// Where an address is, whatever form it is written in.
pub(super) fn distance(address: IpAddr) -> Distance {
    match address {
        IpAddr::V4(v4) => distance_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(v4) => distance_v4(v4),
            None => distance_v6(v6),
        },
    }
}

/// Addresses by which clouds hand out credentials or instructions, outside the link-local range.
const METADATA: &[Ipv4Addr] =
    &[Ipv4Addr::new(100, 100, 100, 200), Ipv4Addr::new(192, 0, 0, 192), Ipv4Addr::new(168, 63, 129, 16)];

fn distance_v4(ip: Ipv4Addr) -> Distance {
    let [a, b, ..] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    if ip.is_link_local() || ip.is_multicast() || ip.is_broadcast() || METADATA.contains(&ip) {
        Distance::Never
    } else if ip.is_unspecified() || ip.is_loopback() || ip.is_private() || shared {
        // Connecting to the unspecified address reaches this machine.
        Distance::Near
    } else if a == 0 || a >= 240 {
        Distance::Never
    } else {
        Distance::Far
    }
}

fn distance_v6(ip: Ipv6Addr) -> Distance {
    let segments = ip.segments();
    let amazon = segments[0] == 0xfd00 && segments[1] == 0x0ec2;
    if ip.is_unicast_link_local() || ip.is_multicast() || amazon {
        Distance::Never
    } else if ip.is_unspecified() || ip.is_loopback() || ip.is_unique_local() {
        Distance::Near
    } else {
        Distance::Far
    }
}

/// The IPv4 address within a mapped, compatible, translated (NAT64) or tunnelled (6to4) one.
fn embedded(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match s {
        [0, 0, 0, 0, 0, 0xffff | 0, high, low] if !(high == 0 && low <= 1) || s[5] == 0xffff => {
            Some(v4(high, low))
        }
        [0, 0, 0, 0, 0xffff, 0, high, low] | [0x64, 0xff9b, _, _, _, _, high, low] => Some(v4(high, low)),
        [0x2002, high, low, ..] => Some(v4(high, low)),
        _ => None,
    }
}

/// Names of metadata services, and the endings of names that only private networks have.
const METADATA_NAMES: &[&str] =
    &["metadata.google.internal", "metadata.goog", "metadata", "instance-data", "instance-data.ec2.internal"];
const PRIVATE_ENDINGS: &[&str] =
    &[".localhost", ".svc", ".local", ".internal", ".lan", ".home.arpa", ".intranet", ".corp"];

/// Where the host of a URL is, as far as its text tells. Names are looked at again once they are resolved.
pub(super) fn distance_of(url: &Url) -> Distance {
    let host = url.host_str().unwrap_or_default();
    match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
        Ok(address) => distance(address),
        Err(_) => distance_of_name(host),
    }
}

fn distance_of_name(name: &str) -> Distance {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    if name.is_empty() || METADATA_NAMES.contains(&name.as_str()) {
        Distance::Never
    } else if !name.contains('.') || PRIVATE_ENDINGS.iter().any(|ending| name.ends_with(ending)) {
        Distance::Near
    } else {
        Distance::Far
    }
}

/// A URL that may be called, or why not.
pub(super) fn permitted(text: &str, allow_http: bool) -> Result<Url, String> {
    let text = text.trim();
    let usual = "write it as https://HOST or http://localhost:PORT";
    let url = Url::parse(text).map_err(|error| format!("{error}; {usual}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("only http and https are spoken here; {usual}"));
    }
    match distance_of(&url) {
        Distance::Never => {
            Err("it belongs to a link-local or metadata service, which hands out credentials".to_owned())
        }
        Distance::Far if url.scheme() == "http" && !allow_http => {
            Err("prompts and keys would cross the network in clear; use https, or set K8SGPT_ALLOW_HTTP=true"
                .to_owned())
        }
        Distance::Near | Distance::Far => Ok(url),
    }
}

/// Scheme, host, port and path: what may be shown of a URL.
pub(super) fn shown(url: &Url) -> String {
    let mut bare = url.clone();
    let _ = bare.set_username("");
    let _ = bare.set_password(None);
    bare.set_query(None);
    bare.set_fragment(None);
    bare.as_str().trim_end_matches('/').to_owned()
}
