//! Why a cache cannot do what was asked.

use std::io;
use std::path::PathBuf;

/// Why a cache cannot do what was asked, with what to change. No variant holds a credential or a URL with one.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// A setting that cannot be right.
    #[error("{field}: {problem}")]
    Invalid {
        /// Key below `cache` in the configuration file, or the variable of the environment.
        field: String,
        /// What is wrong and what is accepted.
        problem: String,
    },
    /// No home directory is known.
    #[error("the cache directory is not known; set XDG_CACHE_HOME or HOME to an absolute path")]
    NoDirectory,
    /// The file system refused.
    #[error("cache directory {}: cannot {action}: {source}", .path.display())]
    File {
        /// The directory or file.
        path: PathBuf,
        /// What was tried (`write an entry`).
        action: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// Somebody else could change what is in the directory.
    #[error("cache directory {}: {problem}", .path.display())]
    Unsafe {
        /// The directory.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: &'static str,
    },
    /// The bucket or container is not there.
    #[error("{place}: is not there; create it with `{create}`, or name another")]
    NoBucket {
        /// The bucket or container.
        place: String,
        /// The vendor's command that creates it.
        create: String,
    },
    /// The environment has no usable credentials.
    #[error("{place}: no usable credentials were found ({reason}); {hint}")]
    NoCredentials {
        /// The bucket or container.
        place: String,
        /// Where none were found.
        reason: String,
        /// How to provide them.
        hint: &'static str,
    },
    /// Credentials that were good once.
    #[error("{place}: the credentials have expired ({said}); {hint}")]
    Expired {
        /// The bucket or container.
        place: String,
        /// The service's words.
        said: String,
        /// How to provide new ones.
        hint: &'static str,
    },
    /// Credentials that the service does not know.
    #[error("{place}: the credentials are not accepted ({said}); {hint}")]
    Rejected {
        /// The bucket or container.
        place: String,
        /// The service's words.
        said: String,
        /// How to provide others.
        hint: &'static str,
    },
    /// Good credentials that may not do this.
    #[error("{place}: access is denied ({said}); allow this identity to {needs}")]
    Denied {
        /// The bucket or container.
        place: String,
        /// The service's words.
        said: String,
        /// The permissions that are needed.
        needs: &'static str,
    },
    /// The bucket is in another region.
    #[error("{place}: is in another region{}; set its region", .right.as_ref().map(|r| format!(", {r}")).unwrap_or_default())]
    Region {
        /// The bucket.
        place: String,
        /// The right one, when the service told.
        right: Option<String>,
    },
    /// Nobody answers there.
    #[error("{place}: cannot be reached: {reason}; {hint}")]
    Unreachable {
        /// The bucket, container or server.
        place: String,
        /// The network's words.
        reason: String,
        /// What to look at.
        hint: &'static str,
    },
    /// No answer in time.
    #[error("{place}: no answer within {milliseconds} ms; check the endpoint and the network")]
    Late {
        /// The bucket, container or server.
        place: String,
        /// The time that was given.
        milliseconds: u128,
    },
    /// Another error of the service.
    #[error("{place}: cannot {action}: {said}")]
    Refused {
        /// The bucket, container or server.
        place: String,
        /// What was tried.
        action: &'static str,
        /// The service's words.
        said: String,
    },
    /// What was written is not what is read.
    #[error("{place}: gave back something else than was written; it is no store to rely on")]
    Mismatch {
        /// The bucket, container or server.
        place: String,
    },
    /// The protocol cannot do it.
    #[error("{place}: entries cannot be listed, the protocol has no call for it; {instead}")]
    NoList {
        /// The server.
        place: String,
        /// What to do.
        instead: &'static str,
    },
}
