//! Why a model could not be asked, or gave no answer, with what to change.

use std::path::PathBuf;

/// A call, or the preparation of one, that failed. No variant holds a secret: what an endpoint said is
/// quoted on one line, bounded, and without the keys that it was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// No backend has this name.
    #[error("backend {name:?} does not exist; choose one of {known}")]
    Unknown {
        /// As configured.
        name: String,
        /// All names, separated by commas.
        known: String,
    },
    /// A setting without which the backend cannot be called.
    #[error("backend {backend} needs {what}; set it with {how}")]
    Missing {
        /// Name of the backend.
        backend: String,
        /// What is missing.
        what: &'static str,
        /// The flag of `k8sgpt auth` or the variable.
        how: &'static str,
    },
    /// A setting that cannot be used.
    #[error("{what} of backend {backend} cannot be used: {reason}")]
    Setting {
        /// Name of the backend.
        backend: String,
        /// Which setting.
        what: &'static str,
        /// Why, without the value.
        reason: String,
    },
    /// A URL that must not be called.
    #[error("{url} must not be called: {reason}")]
    Forbidden {
        /// Scheme, host and port.
        url: String,
        /// The rule, and what to do.
        reason: String,
    },
    /// A file that the environment or the configuration names.
    #[error("{} cannot be read: {reason}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// No credentials for a cloud.
    #[error("{origin} gave no credentials: {reason}")]
    Credentials {
        /// Where they were looked for.
        origin: String,
        /// Why there are none, and what to do.
        reason: String,
    },
    /// The HTTP client could not be made.
    #[error("the HTTP client cannot start: {reason}")]
    Client {
        /// What the library said.
        reason: String,
    },
    /// Name resolution, connection or TLS failed.
    #[error("{endpoint} cannot be reached: {reason}")]
    Unreachable {
        /// URL without credentials.
        endpoint: String,
        /// What the network said.
        reason: String,
    },
    /// Nothing, or not everything, came in time.
    #[error(
        "{endpoint} did not answer within {seconds} s; allow more with the provider's timeout, or choose a faster model"
    )]
    Late {
        /// URL without credentials.
        endpoint: String,
        /// The limit.
        seconds: u64,
    },
    /// HTTP 401 or 403.
    #[error("{endpoint} does not accept the credentials (HTTP {status}): {said}; {hint}")]
    Key {
        /// URL without credentials.
        endpoint: String,
        /// 401 or 403.
        status: u16,
        /// What the endpoint said.
        said: String,
        /// What to change.
        hint: &'static str,
    },
    /// HTTP 404: the model or the URL is wrong.
    #[error(
        "{endpoint} knows no model {model:?}, or is not the right URL (HTTP 404): {said}; check --model and --baseurl"
    )]
    NotFound {
        /// URL without credentials.
        endpoint: String,
        /// The model asked for.
        model: String,
        /// What the endpoint said.
        said: String,
    },
    /// HTTP 429.
    #[error("quota of {endpoint} is exhausted (HTTP 429): {said}; {hint}")]
    Quota {
        /// URL without credentials.
        endpoint: String,
        /// What the endpoint said.
        said: String,
        /// What to do.
        hint: String,
    },
    /// Another 4xx: the request itself is refused.
    #[error("{endpoint} refused the request (HTTP {status}): {said}{hint}")]
    Rejected {
        /// URL without credentials.
        endpoint: String,
        /// The status.
        status: u16,
        /// What the endpoint said.
        said: String,
        /// What to change; empty when nothing is known.
        hint: String,
    },
    /// HTTP 5xx, or an error within a stream.
    #[error("{endpoint} failed (HTTP {status}): {said}; try again later")]
    Server {
        /// URL without credentials.
        endpoint: String,
        /// The status; 200 when the error came within a stream.
        status: u16,
        /// What the endpoint said.
        said: String,
    },
    /// A redirect that is not followed.
    #[error("{endpoint} redirects to {target}, which is not followed; set --baseurl to the right address")]
    Redirect {
        /// URL without credentials.
        endpoint: String,
        /// Scheme, host and port of the target.
        target: String,
    },
    /// More bytes than any explanation has.
    #[error("the answer of {endpoint} is larger than {mib} MiB and was not read on")]
    Large {
        /// URL without credentials.
        endpoint: String,
        /// The limit.
        mib: usize,
    },
    /// Something else than the protocol's answer.
    #[error(
        "the answer of {endpoint} is not what {protocol} answers ({kind}): {said}; check --baseurl, and whether a proxy or login page stands between"
    )]
    Garbage {
        /// URL without credentials.
        endpoint: String,
        /// Name of the protocol.
        protocol: &'static str,
        /// Content type, or what is wrong.
        kind: String,
        /// How the answer begins.
        said: String,
    },
    /// The connection ended before the answer did.
    #[error("the answer of {endpoint} was cut off after {chars} characters: {reason}; ask again")]
    Cut {
        /// URL without credentials.
        endpoint: String,
        /// Characters that had come.
        chars: usize,
        /// What the network said.
        reason: String,
    },
    /// An answer without text.
    #[error("model {model} answered nothing{hint}")]
    Empty {
        /// The model.
        model: String,
        /// What to change; empty when nothing is known.
        hint: &'static str,
    },
    /// The model, or a filter before it, would not answer.
    #[error("model {model} refused to answer: {said}")]
    Refused {
        /// The model.
        model: String,
        /// The reason that it gave.
        said: String,
    },
}

impl BackendError {
    /// True when no other question to this backend will fare better: wrong key, model, URL or settings.
    pub fn concerns_all(&self) -> bool {
        !matches!(
            self,
            BackendError::Late { .. }
                | BackendError::Server { .. }
                | BackendError::Large { .. }
                | BackendError::Garbage { .. }
                | BackendError::Cut { .. }
                | BackendError::Empty { .. }
                | BackendError::Refused { .. }
                | BackendError::Rejected { .. }
        )
    }
}
