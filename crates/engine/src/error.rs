//! Why an analysis could not be done.

use std::fmt;
use std::path::PathBuf;

/// A request that could not be answered. A cluster that answers in part is not an error: the report
/// names what is missing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A filter name that means nothing.
    #[error("filter {given:?} does not exist{}; filters here: {}", DidYouMean(.near), .known.join(", "))]
    UnknownFilter {
        /// What was given.
        given: String,
        /// Names close to it.
        near: Vec<String>,
        /// Every filter name.
        known: Vec<String>,
    },
    /// The namespace does not exist.
    #[error("namespace {given:?} does not exist{}", DidYouMean(.near))]
    UnknownNamespace {
        /// What was given.
        given: String,
        /// Names close to it.
        near: Vec<String>,
    },
    /// The label selector cannot be read.
    #[error("label selector {given:?} is not valid: {reason}")]
    BadSelector {
        /// What was given.
        given: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The object cannot be understood.
    #[error("object {given:?}: {reason}")]
    BadObject {
        /// What was given.
        given: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The object does not exist.
    #[error("{object} does not exist{}{}", DidYouMean(.near), Others(.near, .others))]
    UnknownObject {
        /// `Kind namespace/name`.
        object: String,
        /// Names close to it, or where there is one of this name.
        near: Vec<String>,
        /// What there is of its kind, some of it.
        others: Vec<String>,
    },
    /// Whether the object exists cannot be told.
    #[error("{object} was not found, and whether it exists cannot be told: {reason}")]
    ObjectUnknown {
        /// `Kind namespace/name`.
        object: String,
        /// Why its kind is not known.
        reason: String,
    },
    /// Several namespaces have an object of this name.
    #[error("{object} is in several namespaces: {}; give the namespace", .namespaces.join(", "))]
    AmbiguousObject {
        /// `Kind name`.
        object: String,
        /// The namespaces.
        namespaces: Vec<String>,
    },
    /// The age or time cannot be read.
    #[error("since {given:?} cannot be understood: {reason}")]
    BadSince {
        /// What was given.
        given: String,
        /// What is accepted.
        reason: &'static str,
    },
    /// The baseline cannot be used.
    #[error("baseline {}: {reason}", path.display())]
    BadBaseline {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The ignore file cannot be used.
    #[error(transparent)]
    Ignore(#[from] crate::known::IgnoreError),
    /// Nothing at all could be read.
    #[error("nothing could be read from {cluster}: {reason}")]
    NothingRead {
        /// Context and server.
        cluster: String,
        /// The first failure.
        reason: String,
    },
    /// The cluster could not be reached, or refused.
    #[error("{0}")]
    Cluster(Box<cluster::Error>),
    /// The configuration file cannot be used.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// No AI provider is configured, and one is needed.
    #[error("no AI provider is configured; `k8sgpt auth add` configures one")]
    NoProvider,
    /// The AI provider cannot be used as it is configured.
    #[error(transparent)]
    Provider(#[from] crate::providers::ProviderError),
    /// The AI backend cannot be called with these settings.
    #[error("{0}")]
    Backend(Box<explain::BackendError>),
    /// The cache of explanations cannot be used as it is configured.
    #[error("{0}")]
    Cache(Box<explain::cache::CacheError>),
    /// The analysis itself broke; a defect.
    #[error("the analysis ended early: {0}")]
    Internal(String),
}

impl Error {
    /// True when causes cannot be explained by a model, and all else can be done.
    pub(crate) fn concerns_explaining(&self) -> bool {
        matches!(self, Error::Provider(_) | Error::Backend(_) | Error::Cache(_))
    }
}

impl From<explain::BackendError> for Error {
    fn from(error: explain::BackendError) -> Error {
        Error::Backend(Box::new(error))
    }
}

impl From<explain::cache::CacheError> for Error {
    fn from(error: explain::cache::CacheError) -> Error {
        Error::Cache(Box::new(error))
    }
}

impl From<cluster::Error> for Error {
    fn from(error: cluster::Error) -> Error {
        Error::Cluster(Box::new(error))
    }
}

/// `; did you mean a or b?`, or nothing.
pub(crate) struct DidYouMean<'a>(pub &'a [String]);

impl fmt::Display for DidYouMean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => Ok(()),
            near => write!(f, "; did you mean {}?", near.join(" or ")),
        }
    }
}

/// What there is instead, where nothing is close.
struct Others<'a>(&'a [String], &'a [String]);

impl fmt::Display for Others<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0, self.1) {
            ([_, ..], _) => Ok(()),
            ([], []) => f.write_str("; there is no object of this kind"),
            ([], others) => write!(f, "; there are {}", others.join(", ")),
        }
    }
}
