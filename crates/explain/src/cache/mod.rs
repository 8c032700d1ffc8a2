//! Answers of models, kept so that the same question is asked once.
//!
//! A cache is a convenience: whatever is wrong with it, an analysis goes on without it and says so in one warning.
//! It holds what was sent and said, so it holds masks instead of names where masking is on. Nothing here reads the
//! process's environment; it comes as a value.

mod address;
mod connection_string;
mod entry;
mod environment;
mod error;
mod failure;
mod files;
mod http;
mod interplex;
mod key;
mod objects;
mod run;
mod services;
mod store;
mod validate;

pub use crate::CachePlace;
pub use entry::{Entry, MAX_ENTRY_BYTES};
pub use environment::Environment;
pub use error::CacheError;
pub use key::Key;
pub use objects::PREFIX;
pub use validate::validate;

use entry::Read;
use run::Run;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use store::Store;

/// How long an answer is good when nothing else is configured: 30 days.
pub const DEFAULT_TTL: Duration = Duration::from_secs(30 * 86_400);

/// How a cache is used.
#[derive(Clone, Debug)]
pub struct CacheOptions {
    /// Older entries count as missing. Zero means: nothing is read.
    pub ttl: Duration,
    /// Directory of the files; `None` means that of the environment ([`Environment::directory`]).
    pub directory: Option<PathBuf>,
    /// Credentials, endpoints and directories.
    pub environment: Environment,
    /// How patient it is.
    pub limits: Limits,
}

impl Default for CacheOptions {
    fn default() -> Self {
        let (environment, limits) = (Environment::default(), Limits::default());
        CacheOptions { ttl: DEFAULT_TTL, directory: None, environment, limits }
    }
}

/// How patient a cache is.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Time to establish a connection.
    pub connect: Duration,
    /// Time to read or write one entry, and for [`Cache::check`] as a whole.
    pub call: Duration,
    /// Time to list or delete all entries.
    pub all: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Limits { connect: seconds(3), call: seconds(5), all: seconds(600) }
    }
}

/// An entry, without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// What it is found by.
    pub key: Key,
    /// Size as it is stored, in bytes.
    pub bytes: u64,
    /// When it was last written.
    pub updated: SystemTime,
}

impl Listed {
    /// When it was last written, to the second: `2026-01-31T23:59:59Z`.
    pub fn updated_at(&self) -> String {
        let seconds = self.updated.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        view::Time::from_unix(i64::try_from(seconds).unwrap_or(0)).to_string()
    }
}

/// A cache, and what went wrong with it in one run. Clones share both.
#[derive(Clone, Debug)]
pub struct Cache {
    store: Arc<Store>,
    run: Arc<Run>,
    ttl: Duration,
    limits: Limits,
}

impl Cache {
    /// A cache in a place whose settings can be right. Connects to nothing and creates nothing.
    pub fn open(place: &CachePlace, options: &CacheOptions) -> Result<Cache, CacheError> {
        let store = Arc::new(Store::open(place, options)?);
        Ok(Cache { store, run: Arc::default(), ttl: options.ttl, limits: options.limits.clone() })
    }

    /// The same cache with its connections for another run, in which nothing went wrong yet. A server opens a cache
    /// once and takes another run for each analysis.
    #[must_use]
    pub fn another_run(&self) -> Cache {
        Cache { run: Arc::default(), ..self.clone() }
    }

    /// What it is, for a person: `S3 bucket b at https://…`.
    pub fn place(&self) -> String {
        self.store.place()
    }

    /// The answer for a key. Damaged, expired and unreachable are a miss; after the first failure of a run the
    /// cache is left alone.
    pub async fn get(&self, key: &Key) -> Option<Entry> {
        if self.ttl.is_zero() || !self.run.may_read() {
            return None;
        }
        let bytes = match self.within(self.limits.call, self.store.get(key)).await {
            Ok(bytes) => bytes?,
            Err(error) => {
                self.run.reading_failed(&error);
                return None;
            }
        };
        match entry::decode(key, &bytes, SystemTime::now(), self.ttl) {
            Read::Fresh(entry) => Some(entry),
            Read::Stale => None,
            Read::Damaged => {
                self.run.damaged(&self.place());
                None
            }
        }
    }

    /// Keeps an answer, as it was given to a masked question: with masks, not names. An answer of more than
    /// [`MAX_ENTRY_BYTES`] is not kept. After the first failure of a run nothing is written.
    pub async fn put(&self, key: &Key, masked: &str) {
        if !self.run.may_write() {
            return;
        }
        let Some(bytes) = entry::encode(key, masked, SystemTime::now()) else {
            tracing::debug!(bytes = masked.len(), "the answer is too long for the cache");
            return;
        };
        if let Err(error) = self.within(self.limits.call, self.store.put(key, bytes)).await {
            self.run.writing_failed(&error);
        }
    }

    /// What went wrong in this run: nothing, or one line.
    pub fn warnings(&self) -> Vec<String> {
        self.run.warning().into_iter().collect()
    }

    /// All entries, the newest first.
    pub async fn list(&self) -> Result<Vec<Listed>, CacheError> {
        let mut all = self.within(self.limits.all, self.store.list()).await?;
        all.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.key.cmp(&b.key)));
        Ok(all)
    }

    /// Deletes an entry; false when there was none.
    pub async fn purge(&self, key: &Key) -> Result<bool, CacheError> {
        self.within(self.limits.call, self.store.delete(key)).await
    }

    /// Deletes all entries and nothing else; gives their number.
    pub async fn purge_all(&self) -> Result<u64, CacheError> {
        self.within(self.limits.all, self.store.delete_all()).await
    }

    /// Writes, reads and deletes an entry, all within the time for one call.
    pub async fn check(&self) -> Result<(), CacheError> {
        self.within(self.limits.call, self.probe()).await
    }

    async fn probe(&self) -> Result<(), CacheError> {
        let now = SystemTime::now();
        let nanoseconds =
            now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_nanos().to_string();
        let key = Key::of(&["probe", &nanoseconds, &std::process::id().to_string()]);
        let bytes =
            entry::encode(&key, "written to see that this cache can be used", now).unwrap_or_default();
        self.store.put(&key, bytes.clone()).await?;
        let read = self.store.get(&key).await;
        // Deleted even if it cannot be read.
        let deleted = self.store.delete(&key).await;
        if read?.as_ref() != Some(&bytes) {
            return Err(CacheError::Mismatch { place: self.place() });
        }
        deleted.map(drop)
    }

    async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, CacheError>>,
    ) -> Result<T, CacheError> {
        let late = |_| CacheError::Late { place: self.place(), milliseconds: limit.as_millis() };
        tokio::time::timeout(limit, work).await.map_err(late)?
    }
}

/// A URL without user and password.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") }
}
