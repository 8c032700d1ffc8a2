//! Why AWS could not be asked, with what to do about it.

use std::path::PathBuf;

/// How a person without supported credentials gets some.
const EXPORT: &str = "run `eval \"$(aws configure export-credentials --format env";

/// A call that brought nothing. No variant holds a credential or an answer that may quote one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error(
        "no AWS credentials were found: not in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, not in {places}, \
         not from a role of this pod or machine; {EXPORT})\"` first"
    )]
    NoCredentials { places: String },
    #[error("{given} is set, but {missing} is not; set both")]
    Half { given: &'static str, missing: &'static str },
    #[error("AWS profile {name:?} is not in {places}{}", .near.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
    NoProfile { name: String, places: String, near: Option<String> },
    #[error(
        "AWS profile {name:?} uses {what}, which is not supported here; {EXPORT} --profile {name})\"` first"
    )]
    Unsupported { name: String, what: &'static str },
    #[error("{what} is not supported here; {EXPORT})\"` first")]
    UnsupportedSource { what: &'static str },
    #[error("{} cannot be read: {reason}", .path.display())]
    File { path: PathBuf, reason: String },
    #[error("AWS credentials of {origin} hold characters that none can have; copy them again")]
    BadCredentials { origin: String },
    #[error("{origin} gave no credentials: {reason}")]
    Source { origin: String, reason: String },
    #[error("{url} is no address that AWS can be asked at: it begins with neither https:// nor http://")]
    BadEndpoint { url: String },
    #[error("the HTTP client cannot start: {0}")]
    Client(String),
    #[error("{host} cannot be reached: {reason}")]
    Unreachable { host: String, reason: String },
    #[error("{host} did not answer within {seconds} s")]
    Late { host: String, seconds: u64 },
    #[error("the answer of {host} is larger than {mib} MiB")]
    Large { host: String, mib: usize },
    #[error("the answer of {host} to {what} is not what the AWS API answers")]
    Garbage { host: String, what: String },
    #[error("{what} was refused: {message}; allow the IAM action {action} to the identity of {origin}")]
    Denied { what: String, message: String, action: &'static str, origin: String },
    #[error("AWS does not accept the credentials of {origin} ({code}): {hint}")]
    Rejected { origin: String, code: String, hint: &'static str },
    #[error("{what} failed: {message}")]
    NotFound { what: String, message: String },
    #[error("{what} failed with {code} (HTTP {status}){hint}")]
    Api { what: String, code: String, status: u16, hint: &'static str },
}

impl Failure {
    /// Whether asking for another object would fail alike.
    pub(crate) fn concerns_all(&self) -> bool {
        !matches!(self, Failure::NotFound { .. } | Failure::Garbage { .. } | Failure::Large { .. })
    }
}

/// A message of AWS on one line and bounded; it names people, roles and resources, no credentials.
pub(crate) fn quoted(message: &str) -> String {
    const MAX: usize = 400;
    let clean = view::without_credentials(message);
    let text = clean.as_deref().unwrap_or(message);
    let words = text.split_whitespace().map(|word| word.chars().filter(|c| !c.is_control()).collect());
    let line = words.collect::<Vec<String>>().join(" ");
    match line.char_indices().nth(MAX) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.trim_end_matches('.').to_owned(),
    }
}
