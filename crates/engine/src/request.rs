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
    /// Mask names in what is sent to the provider. By default they are masked where it is neither on this machine
    /// nor in a private network.
    pub anonymize: Option<bool>,
    /// Neither read nor write the cache of explanations.
    pub no_cache: bool,
    /// Let the model look at more of the cluster before it answers.
    pub investigate: bool,
    /// Most calls to the provider.
    pub max_calls: Option<u64>,
    /// Tokens after which the provider is called no more.
    pub max_tokens_total: Option<u64>,
    /// Calls to the provider at a time; 10 when absent.
    pub max_concurrency: Option<usize>,
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
