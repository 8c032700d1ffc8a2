//! Records a cluster.

use std::fs::{File, OpenOptions};
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use serde_json::Value;
use tokio::sync::mpsc;

use super::archive::{Entry, FORMAT, Meta, Writer};
use super::wanted::Wanted;
use super::{Gap, LogKey};
use crate::cluster::Cluster;
use crate::error::Error;
use crate::logs::LogQuery;
use crate::objects::ListQuery;
use crate::resource::Resource;

/// Requests that run at the same time.
const CONCURRENT: usize = 8;

/// What to record besides the objects.
#[derive(Clone, Debug)]
pub struct SaveOptions {
    /// Lines kept of each log.
    pub tail_lines: i64,
    /// Most logs that are taken without being named: of containers that restarted, failed, or run
    /// without being ready.
    pub max_logs: usize,
    /// Containers whose logs are wanted in any case: namespace, pod, container.
    pub logs: Vec<(String, String, String)>,
}

impl Default for SaveOptions {
    fn default() -> Self {
        SaveOptions { tail_lines: 100, max_logs: 200, logs: Vec::new() }
    }
}

/// What was recorded.
#[derive(Clone, Debug)]
pub struct SnapshotSummary {
    /// The file.
    pub path: PathBuf,
    /// Its size in bytes.
    pub bytes: u64,
    /// Types recorded, empty ones included.
    pub kinds: usize,
    /// Objects recorded.
    pub objects: usize,
    /// Logs recorded.
    pub logs: usize,
    /// Types that could not be recorded, each with its reason.
    pub gaps: Vec<String>,
}

/// The objects of one type as text, or why they could not be had.
struct Listed {
    resource: Resource,
    result: Result<(String, usize), Gap>,
    wanted: Wanted,
}

impl Cluster {
    /// Records all types that can be listed and the logs of what is broken into a `tar.gz` that
    /// only its owner can read. Secret values are not part of it. The file appears when it is
    /// complete. `progress` is called with types done and types in all.
    ///
    /// # Errors
    /// [`Error::Snapshot`] when the file cannot be written, and those of discovery. A type that
    /// cannot be listed is a gap of the recording, not an error.
    pub async fn save_snapshot(
        &self,
        path: &Path,
        options: &SaveOptions,
        progress: impl Fn(usize, usize) + Send,
    ) -> Result<SnapshotSummary, Error> {
        let resources = self.resources().await?;
        let captured_at = Some(self.now());
        let server = self.version().await.ok();
        let (sender, receiver) = mpsc::channel(CONCURRENT);
        let target = path.to_owned();
        let writer = tokio::task::spawn_blocking(move || write(&target, receiver));
        let mut recorder = Recorder { sender, kinds: 0, objects: 0, logs: 0, gaps: Vec::new() };
        recorder.put(Entry::discovery(&resources)).await;
        let keys = self.record_objects(&mut recorder, &resources, options, progress).await;
        self.record_logs(&mut recorder, keys, options.tail_lines).await;
        let gaps = recorder.gaps.iter().map(|gap| format!("{}: {}", named(gap), gap.reason)).collect();
        let meta = Meta {
            version: FORMAT,
            captured_at,
            server,
            gaps: std::mem::take(&mut recorder.gaps),
            visited: self.0.visited.clone(),
        };
        recorder.put(Entry::meta(&meta)).await;
        let Recorder { sender, kinds, objects, logs, .. } = recorder;
        drop(sender);
        let bytes = writer
            .await
            .map_err(|failure| std::io::Error::other(failure.to_string()))
            .flatten()
            .map_err(|problem| Error::snapshot(path, format!("cannot be written: {problem}")))?;
        Ok(SnapshotSummary { path: path.to_owned(), bytes, kinds, objects, logs, gaps })
    }

    async fn record_objects(
        &self,
        recorder: &mut Recorder,
        resources: &[Resource],
        options: &SaveOptions,
        progress: impl Fn(usize, usize) + Send,
    ) -> Vec<LogKey> {
        let listable: Vec<Resource> = resources.iter().filter(|r| is_recorded(r)).cloned().collect();
        let total = listable.len();
        let mut keys: Vec<LogKey> = options.logs.iter().map(log_key).collect();
        // A copy of a recording keeps what it holds.
        keys.extend(self.0.recorded_logs.iter().cloned());
        let mut lists =
            futures::stream::iter(listable).map(|resource| self.record(resource)).buffered(CONCURRENT);
        let mut done = 0;
        while let Some(listed) = lists.next().await {
            done += 1;
            progress(done, total);
            keys.extend(listed.wanted.into_keys(options.max_logs));
            match listed.result {
                Ok((items, count)) => {
                    recorder.kinds += 1;
                    recorder.objects += count;
                    recorder.put(Ok(Entry::objects(&listed.resource, &items))).await;
                }
                Err(gap) => recorder.gaps.push(gap),
            }
        }
        keys.sort();
        keys.dedup();
        keys
    }

    /// All objects of a type, as text: the values of a large cluster do not fit in memory.
    async fn record(&self, resource: Resource) -> Listed {
        let mut restarts = 0;
        loop {
            let mut wanted = Wanted::default();
            match self.record_pages(&resource, &mut wanted).await {
                Ok(done) => return Listed { resource, result: Ok(done), wanted },
                Err(Error::Gone { .. }) if restarts < 2 => restarts += 1,
                Err(error) => {
                    let (group, plural) = (resource.group.clone(), resource.plural.clone());
                    let (status, reason) = match error {
                        Error::Forbidden { message, .. } => (Some(403), message),
                        Error::NotCaptured { reason, .. } => (None, reason),
                        error => (None, error.to_string()),
                    };
                    let gap = Gap { group, plural, status, reason };
                    return Listed { resource, result: Err(gap), wanted };
                }
            }
        }
    }

    async fn record_pages(&self, resource: &Resource, wanted: &mut Wanted) -> Result<(String, usize), Error> {
        let mut q = ListQuery { limit: Some(500), ..ListQuery::all(resource.clone()) };
        let (mut text, mut count) = (String::new(), 0);
        loop {
            let page = self.list(&q).await?;
            for item in &page.items {
                if count > 0 {
                    text.push(',');
                }
                count += 1;
                if resource.kind == "Pod" {
                    wanted.look(item);
                }
                text.push_str(&Value::to_string(item));
            }
            match page.continue_token {
                Some(token) => q.continue_token = Some(token),
                None => return Ok((text, count)),
            }
        }
    }

    async fn record_logs(&self, recorder: &mut Recorder, keys: Vec<LogKey>, tail_lines: i64) {
        let mut texts = futures::stream::iter(keys)
            .map(|key| async move {
                let q = LogQuery {
                    namespace: key.namespace.clone(),
                    pod: key.pod.clone(),
                    container: Some(key.container.clone()),
                    previous: key.previous,
                    tail_lines: Some(tail_lines),
                    limit_bytes: Some(256 << 10),
                    ..LogQuery::default()
                };
                (key, self.logs(&q).await)
            })
            .buffered(CONCURRENT);
        while let Some((key, result)) = texts.next().await {
            // Logs come and go with their containers; one that is not there is no gap.
            if let Ok(log) = result {
                recorder.logs += 1;
                recorder.put(Ok(Entry::log(&key, log.text))).await;
            }
        }
    }
}

/// Hands files to the writer and counts them.
struct Recorder {
    sender: mpsc::Sender<serde_json::Result<Entry>>,
    kinds: usize,
    objects: usize,
    logs: usize,
    gaps: Vec<Gap>,
}

impl Recorder {
    async fn put(&self, entry: serde_json::Result<Entry>) {
        // A writer that has gone away reports its own failure.
        let _ = self.sender.send(entry).await;
    }
}

/// Types that can be listed and say something. Events are served by two groups, metrics are
/// measurements, package manifests are the catalogue of what could be installed.
fn is_recorded(r: &Resource) -> bool {
    let listable = r.verbs.iter().any(|verb| verb == "list");
    let repeated = r.group == "events.k8s.io" || r.group.ends_with("metrics.k8s.io");
    listable && !repeated && r.plural != "componentstatuses" && r.plural != "packagemanifests"
}

fn named(gap: &Gap) -> String {
    if gap.group.is_empty() { gap.plural.clone() } else { format!("{}.{}", gap.plural, gap.group) }
}

fn log_key(place: &(String, String, String)) -> LogKey {
    let (namespace, pod, container) = place.clone();
    LogKey { namespace, pod, container, previous: false }
}

/// Writes the files as they come into a temporary file beside `path`, then renames it. Returns the
/// size.
fn write(path: &Path, mut entries: mpsc::Receiver<serde_json::Result<Entry>>) -> std::io::Result<u64> {
    let name = path.file_name().ok_or_else(|| std::io::Error::other("it is not a file name"))?;
    let temporary = path.with_file_name(format!(".{}.{}.tmp", name.to_string_lossy(), std::process::id()));
    let written = create(&temporary).and_then(|file| {
        let mut writer = Writer::new(BufWriter::new(file));
        while let Some(entry) = entries.blocking_recv() {
            writer.add(&entry?)?;
        }
        let file = writer.finish()?.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        Ok(file.metadata()?.len())
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// A new file that only its owner can read.
fn create(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
