//! The handle to a cluster.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::discover::Cache;
use crate::error::Error;
use crate::kubeconfig::{self, Environment};
use crate::link::Link;
use crate::openapi::Documents;
use crate::send::{Ask, Deadline, JSON};
use crate::snapshot::{LogKey, Snapshot, Visited};
use crate::source::{Identity, Login, Options, Source};
use crate::version::Version;

/// For tests against a real API server, which dates what is created itself: seconds by which the clock of
/// an analysis is ahead, so that new objects look old. Moves nothing but [`Cluster::now`], and only forward.
const SKEW_VARIABLE: &str = "K8SGPT_CLOCK_SKEW_SECONDS";

/// A cluster, live or recorded. Cheap to clone; all clones share connection, cache and counters.
#[derive(Clone)]
pub struct Cluster(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) identity: Identity,
    pub(crate) options: Options,
    pub(crate) link: Link,
    pub(crate) requests: AtomicU64,
    pub(crate) discovery: Mutex<Cache>,
    pub(crate) documents: Mutex<Documents>,
    /// Where each namespaced type was recorded, for recordings of some namespaces only.
    pub(crate) visited: Option<Visited>,
    /// The logs that a recording holds.
    pub(crate) recorded_logs: Vec<LogKey>,
    /// The time a recording speaks of, none for a live cluster.
    frozen_at: Option<Timestamp>,
    /// How far the clock of a live cluster is ahead: nothing outside of tests.
    skew: SignedDuration,
    skipped: usize,
}

/// What a recording says of itself.
struct Recording {
    now: Timestamp,
    skipped: usize,
    visited: Option<Visited>,
    logs: Vec<LogKey>,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cluster").field(&self.0.identity).finish()
    }
}

impl Cluster {
    /// Connects with the default limits.
    ///
    /// The API server need not be up: a dead one is reported by the calls. Must be called inside a
    /// tokio runtime.
    ///
    /// # Errors
    /// [`Error::Kubeconfig`], [`Error::ContextNotFound`] and [`Error::ExecPlugin`] for a live
    /// cluster, [`Error::Snapshot`] for a recorded one.
    pub async fn connect(source: &Source) -> Result<Cluster, Error> {
        Cluster::connect_with(source, Options::default()).await
    }

    /// As [`Cluster::connect`], with limits of one's own.
    ///
    /// # Errors
    /// As [`Cluster::connect`].
    pub async fn connect_with(source: &Source, options: Options) -> Result<Cluster, Error> {
        match source {
            Source::Kubeconfig { path, context } => {
                let (link, identity) = Link::live(path.as_ref(), context.as_deref(), &options).await?;
                Ok(Cluster::new(link, identity, options, None))
            }
            Source::Snapshot(path) => {
                let shown = path.display().to_string();
                let path = kubeconfig::expand_home(path, &Environment::of_process());
                let snapshot = blocking(move || Snapshot::open(&path)).await?;
                Ok(Cluster::recorded(snapshot, "snapshot", shown, options))
            }
            Source::Demo => {
                let snapshot = blocking(Snapshot::demo).await?;
                Ok(Cluster::recorded(snapshot, "demo", "demo".to_owned(), options))
            }
        }
    }

    fn recorded(snapshot: Snapshot, context: &str, server: String, options: Options) -> Cluster {
        let recording = Recording {
            now: snapshot.now(),
            skipped: snapshot.skipped,
            visited: snapshot.visited.clone(),
            logs: snapshot.log_keys(),
        };
        let identity = Identity {
            context: context.to_owned(),
            server,
            live: false,
            namespace: "default".to_owned(),
            login: Login::default(),
        };
        tracing::debug!(objects = snapshot.len(), skipped = recording.skipped, "snapshot read");
        Cluster::new(Link::recorded(Arc::new(snapshot)), identity, options, Some(recording))
    }

    fn new(link: Link, identity: Identity, options: Options, recording: Option<Recording>) -> Cluster {
        Cluster(Arc::new(Inner {
            identity,
            options,
            link,
            requests: AtomicU64::new(0),
            discovery: Mutex::new(Cache::default()),
            documents: Mutex::default(),
            frozen_at: recording.as_ref().map(|recording| recording.now),
            skew: skew(std::env::var(SKEW_VARIABLE).ok().as_deref()),
            skipped: recording.as_ref().map_or(0, |recording| recording.skipped),
            visited: recording.as_ref().and_then(|recording| recording.visited.clone()),
            recorded_logs: recording.map(|recording| recording.logs).unwrap_or_default(),
        }))
    }

    /// Which cluster this is.
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// The time to judge ages by: the clock for a live cluster; for a recorded one the time of its
    /// recording or, where the format has none, the newest time in any object.
    pub fn now(&self) -> Timestamp {
        self.0.frozen_at.unwrap_or_else(|| {
            let now = Timestamp::now();
            now.checked_add(self.0.skew).unwrap_or(now)
        })
    }

    /// API requests made so far, retries included.
    pub fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }

    /// Items of a snapshot that could not be read and were left out.
    pub fn skipped(&self) -> usize {
        self.0.skipped
    }

    /// The version of the API server.
    ///
    /// # Errors
    /// [`Error::NotCaptured`] for a recording that does not know it, else those of any call.
    pub async fn version(&self) -> Result<Version, Error> {
        let ask = Ask {
            path: "/version".to_owned(),
            accept: JSON,
            verb: "get",
            kind: "Version",
            resource: "the server version".to_owned(),
            namespace: None,
            name: None,
            max_bytes: 1 << 20,
            cut: false,
            deadline: self.deadline(),
        };
        let (body, _) = self.send(&ask).await?;
        serde_json::from_slice(&body).map_err(|problem| malformed(&ask, &problem))
    }

    /// The deadline of a call that starts now.
    pub(crate) fn deadline(&self) -> Deadline {
        Deadline::after(self.0.options.deadline)
    }
}

/// The skew that the variable's text asks for; text that is no number of seconds asks for none.
fn skew(text: Option<&str>) -> SignedDuration {
    SignedDuration::from_secs(text.and_then(|text| text.trim().parse::<u32>().ok()).unwrap_or(0).into())
}

/// An answer that cannot be parsed; the body is not quoted.
pub(crate) fn malformed(ask: &Ask<'_>, problem: &serde_json::Error) -> Error {
    let reason = if problem.is_eof() { "it ends too early".to_owned() } else { position(problem) };
    Error::Malformed { what: ask.what(), reason }
}

fn position(problem: &serde_json::Error) -> String {
    format!("not the expected JSON at line {} column {}", problem.line(), problem.column())
}

/// Runs file reading and parsing off the async threads.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|failure| Err(Error::snapshot(Path::new("reader"), failure.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_only_moves_forward() {
        assert_eq!(skew(Some("7200")), SignedDuration::from_hours(2));
        for text in [None, Some(""), Some("-7200"), Some("2h")] {
            assert_eq!(skew(text), SignedDuration::ZERO, "{text:?}");
        }
    }
}
