//! Proxies from the environment. The library matches `NO_PROXY` against the proxy instead of the API
//! server, which would send requests for a cluster next door through the company's proxy.

use std::net::IpAddr;

use http::Uri;
use kube::Config;

/// Corrects the proxy that the library took from the environment. One that the kubeconfig names is
/// left alone: kubectl uses it for all hosts.
pub(crate) fn correct(config: &mut Config, named_by_kubeconfig: bool) {
    if named_by_kubeconfig || config.proxy_url.is_none() {
        return;
    }
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let no_proxy = variable("NO_PROXY").or_else(|| variable("no_proxy")).unwrap_or_default();
    if goes_direct(&config.cluster_url, &no_proxy) {
        config.proxy_url = None;
    } else if let Some(proxy) = config.proxy_url.take() {
        config.proxy_url = Some(with_scheme(proxy));
    }
}

/// `proxy:3128` means `http://proxy:3128`.
fn with_scheme(proxy: Uri) -> Uri {
    match (proxy.scheme(), proxy.authority()) {
        (None, Some(authority)) => format!("http://{authority}").parse().unwrap_or(proxy),
        _ => proxy,
    }
}

/// Whether a server is reached without the proxy of the environment: plain HTTP (`HTTPS_PROXY` is
/// for TLS), this machine, and what `NO_PROXY` lists: `*`, hosts with their subdomains, addresses,
/// networks, each optionally with a port.
fn goes_direct(server: &Uri, no_proxy: &str) -> bool {
    let host = server.host().unwrap_or_default().trim_matches(['[', ']']).to_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    let https = server.scheme_str() == Some("https");
    if !https || host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    let port = server.port_u16().unwrap_or(443);
    no_proxy.split(',').map(str::trim).any(|entry| matches_entry(&entry.to_lowercase(), &host, address, port))
}

fn matches_entry(entry: &str, host: &str, address: Option<IpAddr>, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let (Some((network, bits)), Some(address)) = (entry.split_once('/'), address) {
        return in_network(address, network, bits);
    }
    // An IPv6 address has colons of its own.
    let with_port = entry.rsplit_once(':').filter(|(name, _)| !name.contains(':') || name.starts_with('['));
    let (name, wanted) = match with_port {
        Some((name, wanted)) => (name, wanted.parse::<u16>().ok()),
        None => (entry, None),
    };
    if wanted.is_some_and(|wanted| wanted != port) {
        return false;
    }
    let name = name.trim_matches(['[', ']']);
    let domain = name.trim_start_matches("*.").trim_start_matches('.');
    match (address, domain.parse::<IpAddr>()) {
        (Some(address), Ok(entry)) => address == entry,
        (Some(_), Err(_)) | (None, Ok(_)) => false,
        (None, Err(_)) => {
            let below = host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
            !domain.is_empty() && (below || (host == domain && name == domain))
        }
    }
}

fn in_network(address: IpAddr, network: &str, bits: &str) -> bool {
    let (Ok(network), Ok(bits)) = (network.parse::<IpAddr>(), bits.parse::<u32>()) else { return false };
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(a), IpAddr::V4(n)) => (u128::from(a.to_bits()), u128::from(n.to_bits()), 32),
        (IpAddr::V6(a), IpAddr::V6(n)) => (a.to_bits(), n.to_bits(), 128),
        _ => return false,
    };
    if bits > width {
        return false;
    }
    let shift = width - bits;
    address.checked_shr(shift).unwrap_or(0) == network.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_speaks_of_the_server() {
        let direct = |server: &str, no_proxy: &str| goes_direct(&server.parse().unwrap(), no_proxy);
        let yes = [
            ("https://10.1.2.3:6443", "10.0.0.0/8"),
            ("https://10.1.2.3", "a.example,10.1.2.3"),
            ("https://k8s.corp.example:6443", "corp.example"),
            ("https://k8s.corp.example:6443", ".corp.example:6443"),
            ("https://corp.example", "corp.example"),
            ("https://[fd00::1]:6443", "fd00::/8"),
            ("https://[fd00::1]:6443", "[fd00::1]:6443"),
            ("https://anything", "*"),
            ("https://127.0.0.1:6443", ""),
            ("https://localhost:6443", ""),
            ("http://k8s.example", ""),
        ];
        for (server, no_proxy) in yes {
            assert!(direct(server, no_proxy), "{server} {no_proxy}");
        }
        let no = [
            ("https://10.1.2.3", "192.168.0.0/16,10.1.2.4"),
            ("https://evilcorp.example", "corp.example"),
            ("https://corp.example", ".corp.example"),
            ("https://k8s.example:6443", "k8s.example:443"),
            ("https://k8s.example", ""),
            ("https://10.1.2.3", "10.0.0.0/99,x/y,:"),
        ];
        for (server, no_proxy) in no {
            assert!(!direct(server, no_proxy), "{server} {no_proxy}");
        }
        assert_eq!(with_scheme("proxy:3128".parse().unwrap()), "http://proxy:3128");
    }
}
