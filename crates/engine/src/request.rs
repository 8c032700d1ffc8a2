//! What an analysis is asked to do.

use std::path::PathBuf;

/// A request for an analysis. The default asks for everything that runs by default, in all namespaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// Only what touches this namespace; all of them when absent.
    pub namespace: Option<String>,
    /// Only what touches objects with these labels, in Kubernetes' selector syntax. Never narrows what
    /// is read.
    pub selector: Option<String>,
    /// Filters in any accepted spelling; empty means the configured ones, else the default ones.
    pub filters: Vec<String>,
    /// Add explanations.
    pub explain: bool,
    /// AI provider for explanations; the configured default when absent.
    pub backend: Option<String>,
    /// Language of explanations.
    pub language: Option<String>,
    /// Fill `KubernetesDoc` from the server's OpenAPI description of the field at fault.
    pub with_doc: bool,
    /// List every affected object as a result of its own instead of under its cause.
    pub all: bool,
    /// Only what concerns this object: `Deployment/web`, `deploy/web`, `Deployment prod/web`.
    pub object: Option<String>,
    /// Only causes that began after this: an age (`12h`) or a moment (RFC 3339, or a date). What does not tell
    /// when it began is reported.
    pub since: Option<String>,
    /// An earlier report; only causes that it does not have are reported.
    pub baseline: Option<PathBuf>,
    /// List the causes that are hidden because they are known.
    pub show_suppressed: bool,
    /// Ask all configured custom analyzers, not only those that filters name.
    pub custom_analysis: bool,
}
