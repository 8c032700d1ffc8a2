//! A recorded cluster, held in memory and served through the same REST API as a live one.
//!
//! A kind that was not recorded is answered with a status of reason [`NOT_CAPTURED`], so that its
//! absence is never mistaken for evidence.

mod answer;
mod archive;
mod discovery;
mod load;
mod logs;
mod query;
mod save;
mod service;
mod time;
mod wanted;

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Error;
use crate::redact;
use crate::resource::{self, Resource};
use crate::version::Version;

pub(crate) use answer::NOT_CAPTURED;
pub use save::{SaveOptions, SnapshotSummary};
pub(crate) use service::client;

/// Group and plural: what a table of objects is found by.
type TypeKey = (String, String);

/// Objects by namespace and name: the order of the API's lists.
pub(crate) type Table = BTreeMap<(String, String), Value>;

/// Which log: of the container before its last restart if `previous`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LogKey {
    pub(crate) namespace: String,
    pub(crate) pod: String,
    pub(crate) container: String,
    pub(crate) previous: bool,
}

/// Why a kind is not in a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Gap {
    pub(crate) group: String,
    pub(crate) plural: String,
    /// HTTP status the recorder got, none when it did not ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) status: Option<u16>,
    pub(crate) reason: String,
}

/// A recorded cluster.
#[derive(Debug, Default)]
pub(crate) struct Snapshot {
    /// When it was recorded, if the format says so.
    pub(crate) captured_at: Option<Timestamp>,
    pub(crate) version: Option<Version>,
    /// The types that discovery answers with.
    pub(crate) resources: Vec<Resource>,
    /// Whether `resources` is everything the cluster served: then another kind is known not to
    /// exist, otherwise it is only not captured.
    pub(crate) complete_discovery: bool,
    /// What was asked for and not recorded.
    pub(crate) gaps: Vec<Gap>,
    /// Items that could not be read and were left out.
    pub(crate) skipped: usize,
    /// Whether namespaces exist whose objects were not recorded: what is missing is then unknown.
    pub(crate) partial: bool,
    tables: BTreeMap<TypeKey, Table>,
    logs: BTreeMap<LogKey, String>,
}

impl Snapshot {
    /// Reads a file or directory in any of the supported formats.
    pub(crate) fn open(path: &Path) -> Result<Snapshot, Error> {
        load::open(path)
    }

    /// The snapshot that is part of the program.
    pub(crate) fn demo() -> Result<Snapshot, Error> {
        archive::read(include_bytes!("../../demo.tar.gz"), Path::new("demo"))
    }

    /// The time the snapshot speaks of: its recording, or the newest time in any object.
    pub(crate) fn now(&self) -> Timestamp {
        let newest = || self.tables.values().flat_map(Table::values).filter_map(time::newest).max();
        self.captured_at.or_else(newest).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Declares that a type was recorded, though perhaps empty.
    pub(crate) fn declare(&mut self, resource: Resource) {
        self.tables.entry((resource.group.clone(), resource.plural.clone())).or_default();
        let known = |r: &Resource| r.group == resource.group && r.plural == resource.plural;
        if !self.resources.iter().any(known) {
            self.resources.push(resource);
        }
    }

    /// Adds one object, redacted. What is not an object with a kind and a name is counted and left
    /// out; a second copy of an object is ignored.
    pub(crate) fn add(&mut self, mut object: Value) {
        redact::object(&mut object);
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str);
        let (Some(api_version), Some(kind), Some(name)) =
            (text("/apiVersion"), text("/kind"), text("/metadata/name"))
        else {
            self.skipped += 1;
            return;
        };
        let namespace = text("/metadata/namespace").filter(|namespace| !namespace.is_empty());
        let (group, _) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        let known = self.resources.iter().find(|r| r.group == group && r.kind == kind);
        let resource = match known {
            Some(resource) => resource.clone(),
            None => resource::of_kind(api_version, kind, namespace.is_some()),
        };
        let key = (resource.group.clone(), resource.plural.clone());
        let place = (namespace.unwrap_or_default().to_owned(), name.to_owned());
        self.tables.entry(key).or_default().entry(place).or_insert(object);
        self.declare(resource);
    }

    /// Adds the text of a log.
    pub(crate) fn add_log(&mut self, key: LogKey, text: String) {
        self.logs.entry(key).or_insert(text);
    }

    /// The objects of a type, or nothing when the type was not recorded.
    pub(crate) fn table(&self, group: &str, plural: &str) -> Option<&Table> {
        self.tables.get(&(group.to_owned(), plural.to_owned()))
    }

    /// Number of objects of all kinds.
    pub(crate) fn len(&self) -> usize {
        self.tables.values().map(Table::len).sum()
    }
}
