//! What can go wrong between a request and its answer, said so that the reader can act on it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A failure of a call to the cluster or of reading a snapshot.
///
/// Every message names what was given, what was found, and, where there are some, the near misses.
/// No variant ever holds a body, a Secret value or a line of a kubeconfig.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The kubeconfig is missing, unreadable, or does not describe a usable connection.
    #[error("kubeconfig {path}: {reason}")]
    Kubeconfig {
        /// The file, or the list of files of `KUBECONFIG`.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The kubeconfig has no context of that name.
    #[error("context {given:?} is not in the kubeconfig{}; it has {}", Near(.near), Known(.known))]
    ContextNotFound {
        /// The name that was asked for.
        given: String,
        /// Similar names, best first.
        near: Vec<String>,
        /// All context names.
        known: Vec<String>,
    },
    /// The credential plugin of the kubeconfig did not deliver credentials.
    #[error("credential plugin {command:?}: {reason}{hint}")]
    ExecPlugin {
        /// The command as the kubeconfig spells it.
        command: String,
        /// Why it did not work; quotes the plugin's stderr, never its stdout.
        reason: String,
        /// What to do about it; empty, or starts with `; `.
        hint: String,
    },
    /// No answer came: connection refused, name not resolved, TLS refused, connection lost.
    #[error("cluster at {server} cannot be reached: {cause}")]
    Unreachable {
        /// Base URL of the API server.
        server: String,
        /// The innermost cause.
        cause: String,
    },
    /// The deadline of the call passed.
    #[error("{what}: no answer within {}", Seconds(.after))]
    Timeout {
        /// What was being done.
        what: String,
        /// The deadline.
        after: Duration,
    },
    /// The API server does not accept the credentials (401).
    #[error("cluster at {server} does not accept the credentials: {message}")]
    Unauthorized {
        /// Base URL of the API server.
        server: String,
        /// The server's message.
        message: String,
    },
    /// The user may not do this (403).
    #[error("{}: forbidden: {message}; the permission to {verb} {resource} would allow it", Object(.resource, .namespace))]
    Forbidden {
        /// `get` or `list`.
        verb: &'static str,
        /// Plural name with its group, `deployments.apps`, or `pods/log`.
        resource: String,
        /// The namespace of the request, none for cluster-wide ones.
        namespace: Option<String>,
        /// The server's message.
        message: String,
    },
    /// There is no such object (404).
    #[error("{} does not exist{}{}", Named(.kind, .namespace, .name), Near(.near), Elsewhere(.elsewhere))]
    NotFound {
        /// The kind, as Kubernetes spells it.
        kind: String,
        /// Where it was looked for.
        namespace: Option<String>,
        /// The name that was asked for.
        name: String,
        /// Similar names in the same place.
        near: Vec<String>,
        /// Other namespaces that have an object of this kind and name.
        elsewhere: Vec<String>,
    },
    /// The API server does not serve this kind at all (404 on the list).
    #[error("the API server does not serve {resource}")]
    NotServed {
        /// Plural name with its group.
        resource: String,
    },
    /// A continue token is too old (410); the list has to start again.
    #[error("{what}: the list has changed too much to be continued, start it again without a continue token")]
    Gone {
        /// What was being done.
        what: String,
    },
    /// No kind of the cluster goes by this spelling.
    #[error("no resource type is called {given:?}{}", Near(.near))]
    UnknownResource {
        /// The spelling that was given.
        given: String,
        /// Similar spellings.
        near: Vec<String>,
        /// The plural names of everything known.
        known: Vec<String>,
    },
    /// A name, namespace, container or selector that cannot be one; nothing was sent.
    #[error("{what} {given:?} is not valid: {reason}")]
    BadName {
        /// What it was meant to be.
        what: &'static str,
        /// What was given, cut to a readable length.
        given: String,
        /// The rule it breaks.
        reason: String,
    },
    /// The pod has several containers and none was named.
    #[error("pod {namespace}/{pod} has several containers, name one of them: {}", Known(.containers))]
    ContainerRequired {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// Its containers, init containers last.
        containers: Vec<String>,
    },
    /// The pod has no container of that name.
    #[error("pod {namespace}/{pod} has no container {given:?}{}; it has {}", Near(.near), Known(.containers))]
    ContainerNotFound {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// The container that was asked for.
        given: String,
        /// Similar names.
        near: Vec<String>,
        /// Its containers, init containers last.
        containers: Vec<String>,
    },
    /// The container has no log: it has not started, or not restarted.
    #[error("pod {namespace}/{pod} has no such log: {message}")]
    LogUnavailable {
        /// Namespace of the pod.
        namespace: String,
        /// Name of the pod.
        pod: String,
        /// The server's message, which names the container and what it waits for.
        message: String,
    },
    /// The snapshot does not hold this, which says nothing about the cluster.
    #[error("{what} is not part of the snapshot: {reason}")]
    NotCaptured {
        /// What was asked for.
        what: String,
        /// Why it is missing.
        reason: String,
    },
    /// The snapshot cannot be read or written.
    #[error("snapshot {}{}: {reason}", .path.display(), Line(.line))]
    Snapshot {
        /// The file or directory.
        path: PathBuf,
        /// Line in that file, from 1.
        line: Option<u64>,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer is larger than what is read at once.
    #[error("{what}: the answer is larger than {limit} bytes, ask for less with a limit or a selector")]
    TooLarge {
        /// What was being done.
        what: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// The answer is not what the Kubernetes API sends.
    #[error("{what}: the answer is not a Kubernetes API answer: {reason}")]
    Malformed {
        /// What was being done.
        what: String,
        /// What is wrong with it; never quotes the body.
        reason: String,
    },
    /// Any other status.
    #[error("{what}: status {status}: {message}")]
    Api {
        /// What was being done.
        what: String,
        /// HTTP status.
        status: u16,
        /// The server's message, cut before anything it quotes.
        message: String,
    },
}

impl Error {
    /// A bad input, cut so that the message stays readable.
    pub(crate) fn bad(what: &'static str, given: &str, reason: impl Into<String>) -> Error {
        Error::BadName { what, given: cut(given, 80), reason: reason.into() }
    }

    /// A snapshot that cannot be read, without a line.
    pub(crate) fn snapshot(path: &Path, reason: impl Into<String>) -> Error {
        Error::Snapshot { path: path.to_owned(), line: None, reason: reason.into() }
    }

    /// A kubeconfig that cannot be used.
    pub(crate) fn kubeconfig(path: impl Into<String>, reason: impl Into<String>) -> Error {
        Error::Kubeconfig { path: path.into(), reason: reason.into() }
    }
}

/// At most `max` characters of `text`, with an ellipsis when there were more.
pub(crate) fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The innermost message of an error chain, on one line.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let text = source.to_string();
        if !text.is_empty() {
            last = text;
        }
        next = source.source();
    }
    one_line(&last)
}

/// `text` on one line, cut to 300 characters, without characters that move or hide others.
pub(crate) fn one_line(text: &str) -> String {
    let hidden =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let flat: String =
        text.chars().filter(|c| !hidden(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    cut(flat.trim(), 300)
}

/// Up to three names similar to `given`, best first. Case does not count.
pub(crate) fn near<'a>(given: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let given = given.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| {
            let lower = name.to_lowercase();
            let contained = given.len() >= 3 && (lower.contains(&given) || given.contains(&lower));
            (strsim::jaro_winkler(&given, &lower).max(if contained { 0.9 } else { 0.0 }), name)
        })
        .filter(|(score, _)| *score >= 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

struct Near<'a>(&'a [String]);

impl fmt::Display for Near<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, ", did you mean {}?", self.0.join(" or ")) }
    }
}

struct Known<'a>(&'a [String]);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("none") } else { f.write_str(&self.0.join(", ")) }
    }
}

struct Elsewhere<'a>(&'a [String]);

impl fmt::Display for Elsewhere<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            Ok(())
        } else {
            write!(f, "; one of that name is in namespace {}", self.0.join(", "))
        }
    }
}

struct Named<'a>(&'a str, &'a Option<String>, &'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(namespace) => write!(f, "{} {}/{}", self.0, namespace, self.2),
            None => write!(f, "{} {}", self.0, self.2),
        }
    }
}

struct Object<'a>(&'a str, &'a Option<String>);

impl fmt::Display for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(namespace) => write!(f, "{} in namespace {}", self.0, namespace),
            None => f.write_str(self.0),
        }
    }
}

struct Line<'a>(&'a Option<u64>);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, " line {line}"))
    }
}

struct Seconds<'a>(&'a Duration);

impl fmt::Display for Seconds<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.subsec_millis() == 0 {
            write!(f, "{} s", self.0.as_secs())
        } else {
            write!(f, "{} ms", self.0.as_millis())
        }
    }
}
