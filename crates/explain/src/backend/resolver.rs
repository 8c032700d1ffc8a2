//! Name resolution that keeps to the rules: a harmless name may resolve to a forbidden address.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{Distance, distance};

/// Looks names up and leaves out addresses that must not be called.
#[derive(Clone, Debug, Default)]
pub(super) struct Guard {
    /// The host that was judged near by its name: it must resolve to near addresses.
    pub(super) near: Option<String>,
}

/// A name without any address that may be called.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("{0} resolves to a link-local or metadata address only, which is never called")]
    Never(String),
    #[error(
        "{0} looks like a name of a private network and resolves to a public address; use https and a full name, or set K8SGPT_ALLOW_HTTP=true"
    )]
    NotNear(String),
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let near = self.near.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            Ok(kept(&host, found, near.as_deref())?)
        })
    }
}

fn kept(host: &str, found: Vec<SocketAddr>, near: Option<&str>) -> Result<Addrs, Refused> {
    let safe: Vec<SocketAddr> = found.into_iter().filter(|a| distance(a.ip()) != Distance::Never).collect();
    if safe.is_empty() {
        return Err(Refused::Never(host.to_owned()));
    }
    let must_be_near = near.is_some_and(|near| near.eq_ignore_ascii_case(host));
    if must_be_near && safe.iter().any(|address| distance(address.ip()) != Distance::Near) {
        return Err(Refused::NotNear(host.to_owned()));
    }
    Ok(Box::new(safe.into_iter()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0)).collect()
    }

    #[test]
    fn a_name_that_leads_to_the_metadata_service_leads_nowhere() {
        for text in ["169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"] {
            assert!(kept("rebind.example", addresses(&[text]), None).is_err(), "{text}");
        }
        let mixed = kept("x.example", addresses(&["169.254.169.254", "203.0.113.9"]), None);
        let left: Vec<SocketAddr> = mixed.unwrap_or_else(|e| panic!("{e}")).collect();
        assert_eq!(left, addresses(&["203.0.113.9"]));
    }

    #[test]
    fn a_near_name_stays_near() {
        assert!(kept("llm.local", addresses(&["203.0.113.9"]), Some("llm.local")).is_err());
        assert!(kept("llm.local", addresses(&["10.0.0.9"]), Some("llm.local")).is_ok());
        assert!(kept("proxy.example", addresses(&["203.0.113.9"]), Some("llm.local")).is_ok());
    }
}
