//! The program's own recording: a `tar.gz` of
//!
//! ```text
//! meta.json                            {"version": 1, "capturedAt": …, "server": {…}, "gaps": […]}
//! discovery.json                       all types the cluster served
//! objects/<plural>[.<group>].json      one Kubernetes list a type
//! logs/<namespace>/<pod>/<container>.log, <container>.previous.log
//! ```

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use super::{Gap, LogKey, Snapshot, Visited, load};
use crate::error::Error;
use crate::resource::Resource;
use crate::version::Version;

/// The only version of the format so far.
pub(super) const FORMAT: u32 = 1;
/// Unpacked size above which a file is taken for a trap.
const MAX_UNPACKED: u64 = 4 << 30;

/// `meta.json`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta {
    #[serde(default)]
    pub(crate) version: u32,
    #[serde(default)]
    pub(crate) captured_at: Option<Timestamp>,
    #[serde(default)]
    pub(crate) server: Option<Version>,
    #[serde(default)]
    pub(crate) gaps: Vec<Gap>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) visited: Option<Visited>,
}

/// Where an archive comes from, and so whether its objects are redacted once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Anybody's file.
    File,
    /// Part of the program, written by it: its objects are taken as they stand, so that a server is
    /// ready before its client has waited. A test compares both ways.
    Embedded,
}

/// Reads an archive; `path` is only named in errors.
pub(super) fn read(bytes: &[u8], path: &Path, origin: Origin) -> Result<Snapshot, Error> {
    let mut entries =
        unpack(bytes).map_err(|error| Error::snapshot(path, format!("cannot unpack it: {error}")))?;
    let wrong = |name: &str, error: serde_json::Error| {
        Error::snapshot(
            path,
            format!("{name} is not valid at line {} column {}", error.line(), error.column()),
        )
    };
    let meta = entries.remove("meta.json").ok_or_else(|| {
        Error::snapshot(
            path,
            "it has no meta.json, so it is not a snapshot of this program; unpack it and give the directory",
        )
    })?;
    let meta: Meta = serde_json::from_slice(&meta).map_err(|error| wrong("meta.json", error))?;
    if meta.version != FORMAT {
        let reason = format!("its format has version {}, this program reads version {FORMAT}", meta.version);
        return Err(Error::snapshot(path, reason));
    }
    let discovery = entries.remove("discovery.json").unwrap_or_else(|| b"[]".to_vec());
    let resources: Vec<Resource> =
        serde_json::from_slice(&discovery).map_err(|error| wrong("discovery.json", error))?;
    let mut snapshot = Snapshot {
        captured_at: meta.captured_at,
        version: meta.server,
        complete_discovery: !resources.is_empty(),
        resources,
        gaps: meta.gaps,
        visited: meta.visited,
        ..Snapshot::default()
    };
    for (name, bytes) in entries {
        if let Some(file) = name.strip_prefix("objects/").and_then(|file| file.strip_suffix(".json")) {
            let resource = declare(&mut snapshot, file);
            match resource.filter(|_| origin == Origin::Embedded) {
                Some(resource) => {
                    take_over(&mut snapshot, &resource, &bytes).map_err(|error| wrong(&name, error))?;
                }
                None => {
                    let list: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(&name, error))?;
                    load::add(&mut snapshot, list);
                }
            }
        } else if let Some(key) = log_key(&name) {
            snapshot.add_log(key, String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(snapshot)
}

/// A list file means that its type was recorded, even when it is empty.
fn declare(snapshot: &mut Snapshot, file: &str) -> Option<Resource> {
    let (plural, group) = file.split_once('.').unwrap_or((file, ""));
    let known = snapshot.resources.iter().find(|r| r.group == group && r.plural == plural).cloned()?;
    snapshot.declare(known.clone());
    Some(known)
}

/// Adds the objects of a list as the text that they are.
fn take_over(snapshot: &mut Snapshot, resource: &Resource, list: &[u8]) -> serde_json::Result<()> {
    #[derive(Deserialize)]
    struct List<'a> {
        #[serde(borrow)]
        items: Vec<&'a RawValue>,
    }
    #[derive(Deserialize)]
    struct Object {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        name: String,
        #[serde(default)]
        namespace: String,
    }
    for item in serde_json::from_slice::<List<'_>>(list)?.items {
        let Metadata { namespace, name } = serde_json::from_str::<Object>(item.get())?.metadata;
        snapshot.add_text(resource, namespace, name, item.get());
    }
    Ok(())
}

fn unpack(bytes: &[u8]) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes).take(MAX_UNPACKED));
    let mut entries = BTreeMap::new();
    for entry in archive.entries()? {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path()?.to_string_lossy().trim_start_matches("./").to_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content)?;
        entries.insert(name, content);
    }
    Ok(entries)
}

pub(super) fn log_key(name: &str) -> Option<LogKey> {
    let parts: Vec<&str> = name.strip_prefix("logs/")?.split('/').collect();
    let [namespace, pod, file] = parts.as_slice() else { return None };
    let file = file.strip_suffix(".log")?;
    let (container, previous) =
        file.strip_suffix(".previous").map_or((file, false), |container| (container, true));
    let owned = |text: &str| text.to_owned();
    Some(LogKey { namespace: owned(namespace), pod: owned(pod), container: owned(container), previous })
}

/// A file of an archive, ready to be written.
pub(crate) struct Entry {
    name: String,
    content: Vec<u8>,
}

impl Entry {
    /// `meta.json`.
    pub(crate) fn meta(meta: &Meta) -> serde_json::Result<Entry> {
        Ok(Entry { name: "meta.json".to_owned(), content: serde_json::to_vec_pretty(meta)? })
    }

    /// `discovery.json`.
    pub(crate) fn discovery(resources: &[Resource]) -> serde_json::Result<Entry> {
        Ok(Entry { name: "discovery.json".to_owned(), content: serde_json::to_vec(resources)? })
    }

    /// The list of one type. `items` is the inside of a JSON array: redacted objects and commas.
    pub(crate) fn objects(resource: &Resource, items: &str) -> Entry {
        let (kind, api_version) = (&resource.kind, resource.api_version());
        let content =
            format!("{{\"apiVersion\":\"{api_version}\",\"kind\":\"{kind}List\",\"items\":[{items}]}}");
        Entry { name: format!("objects/{}.json", resource.qualified()), content: content.into_bytes() }
    }

    /// The log of one container.
    pub(crate) fn log(key: &LogKey, text: String) -> Entry {
        let previous = if key.previous { ".previous" } else { "" };
        let name = format!("logs/{}/{}/{}{previous}.log", key.namespace, key.pod, key.container);
        Entry { name, content: text.into_bytes() }
    }
}

/// Writes an archive, one file at a time.
pub(crate) struct Writer<W: Write>(tar::Builder<flate2::write::GzEncoder<W>>);

impl<W: Write> Writer<W> {
    /// Starts an archive.
    pub(crate) fn new(out: W) -> Self {
        Writer(tar::Builder::new(flate2::write::GzEncoder::new(out, flate2::Compression::default())))
    }

    /// Adds a file.
    pub(crate) fn add(&mut self, entry: &Entry) -> std::io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(entry.content.len() as u64);
        header.set_mode(0o600);
        self.0.append_data(&mut header, &entry.name, entry.content.as_slice())
    }

    /// Ends the archive and returns what it was written to.
    pub(crate) fn finish(self) -> std::io::Result<W> {
        self.0.into_inner()?.finish()
    }
}
