//! Why an analysis could not be done.

use std::fmt;

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
    /// The analysis itself broke; a defect.
    #[error("the analysis ended early: {0}")]
    Internal(String),
}

impl From<cluster::Error> for Error {
    fn from(error: cluster::Error) -> Error {
        Error::Cluster(Box::new(error))
    }
}

struct DidYouMean<'a>(&'a [String]);

impl fmt::Display for DidYouMean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => Ok(()),
            near => write!(f, "; did you mean {}?", near.join(" or ")),
        }
    }
}
