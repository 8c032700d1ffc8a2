//! Integrations: groups of filters for what is not part of Kubernetes itself.
//!
//! An integration has no state of its own. It is active when one of its filters is.

use crate::config::Config;
use analyzers::resolve_filter;

/// An integration and whether it is active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Its name.
    pub name: &'static str,
    /// One of its filters is in `active_filters`.
    pub active: bool,
    /// Its filters, by the original's names.
    pub filters: &'static [&'static str],
}

const INTEGRATIONS: &[(&str, &[&str])] = &[
    ("aws", &["EKS"]),
    ("keda", &["ScaledObject"]),
    ("kyverno", &["ClusterPolicyReport", "PolicyReport"]),
    ("prometheus", &["PrometheusConfigRelabelReport", "PrometheusConfigValidate"]),
];

/// Every integration, by name.
pub fn list(config: &Config) -> Vec<Integration> {
    let means = |given: &str, filter: &str| {
        given.eq_ignore_ascii_case(filter) || resolve_filter(given).is_ok_and(|known| known == filter)
    };
    let active = |filter: &&str| config.active_filters.iter().any(|given| means(given, filter));
    let describe = |&(name, filters): &(&'static str, &'static [&'static str])| Integration {
        name,
        active: filters.iter().any(active),
        filters,
    };
    INTEGRATIONS.iter().map(describe).collect()
}

/// The integration that a filter belongs to.
pub fn of_filter(filter: &str) -> Option<&'static str> {
    let owner =
        INTEGRATIONS.iter().find(|(_, filters)| filters.iter().any(|f| f.eq_ignore_ascii_case(filter)));
    owner.map(|(name, _)| *name)
}
