//! Why an analyzer gave no statement, with what to do about it.

use tonic::{Code, Status};

use super::{AddressError, Limits};

/// Longest message of a service that is quoted, in characters.
const MESSAGE_MAX: usize = 300;

/// A call that brought nothing. No variant holds a token, and what a service says is one bounded line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The configured address is not taken.
    #[error("connection.url {0}")]
    Address(#[from] AddressError),
    /// A token would travel where others may listen.
    #[error(
        "{host}: its token is sent only over an encrypted connection or within this machine; write https://{host}"
    )]
    OpenToken {
        /// The host.
        host: String,
    },
    /// What is configured beside the address cannot be used.
    #[error("{0}")]
    Setting(String),
    /// The name leads nowhere.
    #[error("{host} cannot be resolved: {reason}; correct connection.url")]
    Unknown {
        /// The host.
        host: String,
        /// Why.
        reason: String,
    },
    /// The name leads only to where no connection is made.
    #[error("{host} leads to {addresses}, where no {what} connection is made; {hint}")]
    Barred {
        /// The host.
        host: String,
        /// What it leads to.
        addresses: String,
        /// `unencrypted` or `encrypted`.
        what: &'static str,
        /// What to change.
        hint: &'static str,
    },
    /// No connection.
    #[error("{at} cannot be reached: {reason}; is the analyzer running, and are url and port its own?")]
    Unreachable {
        /// Host and port.
        at: String,
        /// Why.
        reason: String,
    },
    /// The encrypted connection was not made.
    #[error(
        "{at}: the encrypted connection failed: {reason}; ca_file names the authority of its certificate"
    )]
    Tls {
        /// Host and port.
        at: String,
        /// Why.
        reason: String,
    },
    /// Nothing came in time.
    #[error("{at} did not answer within {ms} ms; look at the analyzer's own log")]
    Late {
        /// Host and port.
        at: String,
        /// How long was waited, in milliseconds.
        ms: u128,
    },
    /// Something else listens there.
    #[error("{at} does not speak gRPC ({reason}); is the port the analyzer's?")]
    NoGrpc {
        /// Host and port.
        at: String,
        /// What was seen.
        reason: String,
    },
    /// It speaks gRPC, but is no analyzer.
    #[error("{at} does not serve {path}; build the analyzer from the schema v1")]
    NoService {
        /// Host and port.
        at: String,
        /// The method that was called.
        path: &'static str,
    },
    /// It wants to know who asks.
    #[error("{at} refuses this caller: {message}; give its token with token_file or token_env")]
    Denied {
        /// Host and port.
        at: String,
        /// What it says.
        message: String,
    },
    /// Too much.
    #[error("the answer of {at} is larger than {mib} MiB")]
    Large {
        /// Host and port.
        at: String,
        /// The bound.
        mib: usize,
    },
    /// No message of the schema.
    #[error("the answer of {at} is no message of the schema v1")]
    Garbage {
        /// Host and port.
        at: String,
    },
    /// The analyzer says that it failed.
    #[error("{at} failed with {code:?}: {message}")]
    Failed {
        /// Host and port.
        at: String,
        /// Its code.
        code: Code,
        /// What it says.
        message: String,
    },
}

impl Failure {
    /// What a status means, be it the service's or one that was made on the way.
    pub(super) fn of(status: &Status, at: String, path: &'static str, limits: &Limits) -> Failure {
        let message = line(status.message());
        let on_the_way = std::error::Error::source(status).is_some();
        match status.code() {
            Code::OutOfRange if message.contains("message length too large") => {
                Failure::Large { at, mib: limits.max_bytes >> 20 }
            }
            Code::Internal if message.contains("decode Protobuf") => Failure::Garbage { at },
            // The deadline travels with the call: both ends may keep it before we do.
            Code::DeadlineExceeded => Failure::Late { at, ms: limits.deadline.as_millis() },
            Code::Cancelled if message == "Timeout expired" => {
                Failure::Late { at, ms: limits.deadline.as_millis() }
            }
            _ if on_the_way => Failure::NoGrpc { at, reason: reason(status) },
            Code::Unimplemented => Failure::NoService { at, path },
            Code::Unauthenticated | Code::PermissionDenied => Failure::Denied { at, message },
            code => Failure::Failed { at, code, message },
        }
    }
}

/// The innermost reason of an error: the outer ones say only where it happened.
pub(super) fn reason(error: &dyn std::error::Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    line(&inner.to_string())
}

/// One bounded line without control characters and credentials.
fn line(text: &str) -> String {
    let head: String = text.chars().take(MESSAGE_MAX).collect();
    analyzers::bounded(&head)
}
