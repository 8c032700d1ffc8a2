//! Integrations: groups of filters for what is not part of Kubernetes itself.
//!
//! An integration has no state of its own. It is active when one of its filters is.

use crate::config::{Config, ConfigFile};
use crate::filters::{self, FilterError, Outcome};
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

/// Why an integration could not be activated or deactivated. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum IntegrationError {
    /// There is none of this name.
    #[error("integration {given:?} does not exist; integrations are {}", .known.join(", "))]
    Unknown {
        /// What was given.
        given: String,
        /// The names of all.
        known: Vec<&'static str>,
    },
    /// Its filters come later.
    #[error("integration {name}: its filters ({}) are not in this version", .filters.join(", "))]
    NotHere {
        /// The integration.
        name: &'static str,
        /// Its filters.
        filters: &'static [&'static str],
    },
    /// It was not active.
    #[error("integration {name} is not active; `k8sgpt integration list` shows which are")]
    NotActive {
        /// The integration.
        name: &'static str,
    },
    /// Its filters could not be changed.
    #[error(transparent)]
    Filters(#[from] FilterError),
}

/// Adds the filters of an integration to the active ones. Nothing is installed anywhere.
pub fn activate(file: &ConfigFile, name: &str) -> Result<(&'static str, Outcome), IntegrationError> {
    let (name, here) = known(name)?;
    Ok((name, filters::add(file, &here)?))
}

/// Removes the filters of an integration from the active ones. Nothing is removed anywhere else.
pub fn deactivate(file: &ConfigFile, name: &str) -> Result<(&'static str, Outcome), IntegrationError> {
    let (name, mut here) = known(name)?;
    let active = filters::list(&file.load_file().map_err(FilterError::from)?).active;
    here.retain(|filter| active.contains(filter));
    if here.is_empty() {
        return Err(IntegrationError::NotActive { name });
    }
    Ok((name, filters::remove(file, &here)?))
}

/// An integration by its name in any case, with those of its filters that this version has.
fn known(given: &str) -> Result<(&'static str, Vec<String>), IntegrationError> {
    let found = INTEGRATIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(given.trim()));
    let Some((name, filters)) = found else {
        let known = INTEGRATIONS.iter().map(|(name, _)| *name).collect();
        return Err(IntegrationError::Unknown { given: given.to_owned(), known });
    };
    let here: Vec<String> =
        filters.iter().filter_map(|filter| resolve_filter(filter).ok()).map(str::to_owned).collect();
    if here.is_empty() { Err(IntegrationError::NotHere { name, filters }) } else { Ok((name, here)) }
}

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
