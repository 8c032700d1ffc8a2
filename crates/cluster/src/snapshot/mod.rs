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

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::discover::PlainList;
use crate::error::Error;
use crate::redact;
use crate::resource::{self, Resource};
use crate::version::Version;

pub(crate) use answer::NOT_CAPTURED;
pub use save::{SaveOptions, SnapshotSummary};
pub(crate) use service::client;

/// The recorded demo cluster.
const DEMO: &[u8] = include_bytes!("../../demo.tar.gz");

/// Group and plural: what a table of objects is found by.
type TypeKey = (String, String);

/// Objects by namespace and name, the order of the API's lists, each as its JSON text: a tenth of
/// the memory of parsed values, and ready to be sent.
pub(crate) type Table = BTreeMap<(String, String), Box<str>>;

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

/// Namespaces by qualified plural, `deployments.apps`.
pub(crate) type Visited = BTreeMap<String, BTreeSet<String>>;

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
    /// For recordings of some namespaces only: where each namespaced type was recorded. Elsewhere
    /// nothing is known of it.
    pub(crate) visited: Option<Visited>,
    /// The namespace whose files are being read.
    visiting: Option<String>,
    tables: BTreeMap<TypeKey, Table>,
    logs: BTreeMap<LogKey, String>,
    /// The newest time any object speaks of.
    newest: Option<Timestamp>,
}

impl Snapshot {
    /// Reads a file or directory in any of the supported formats.
    pub(crate) fn open(path: &Path) -> Result<Snapshot, Error> {
        load::open(path)
    }

    /// The snapshot that is part of the program.
    pub(crate) fn demo() -> Result<Snapshot, Error> {
        archive::read(DEMO, Path::new("demo"), archive::Origin::Embedded)
    }

    /// The time the snapshot speaks of: its recording, or the newest time in any object.
    pub(crate) fn now(&self) -> Timestamp {
        self.captured_at.or(self.newest).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Declares that a type was recorded, though perhaps empty.
    pub(crate) fn declare(&mut self, resource: Resource) {
        if let Some(namespace) = &self.visiting {
            let visited = self.visited.get_or_insert_default().entry(resource.qualified()).or_default();
            visited.insert(namespace.clone());
        }
        self.tables.entry((resource.group.clone(), resource.plural.clone())).or_default();
        let known = |r: &Resource| r.group == resource.group && r.plural == resource.plural;
        if !self.resources.iter().any(known) {
            self.resources.push(resource);
        }
    }

    /// Takes types from a saved discovery answer: once there is one, other types are known not to
    /// exist.
    pub(crate) fn serve(&mut self, discovery: &Value) {
        let list = PlainList::deserialize(discovery).unwrap_or_default();
        for resource in list.into_resources() {
            self.complete_discovery = true;
            let same = |r: &Resource| r.group == resource.group && r.plural == resource.plural;
            match self.resources.iter_mut().find(|r| same(r)) {
                // Of several versions the stable one is what lists are made of.
                Some(known) if known.version.contains("alpha") || known.version.contains("beta") => {
                    *known = resource;
                }
                Some(_) => {}
                None => self.resources.push(resource),
            }
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
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        let known = self.resources.iter_mut().find(|r| r.group == group && r.kind == kind);
        let resource = match known {
            Some(resource) => {
                // The objects are there in the version they were recorded in, whatever others there are.
                version.clone_into(&mut resource.version);
                resource.clone()
            }
            None => resource::of_kind(api_version, kind, namespace.is_some()),
        };
        let key = (resource.group.clone(), resource.plural.clone());
        let place = (namespace.unwrap_or_default().to_owned(), name.to_owned());
        self.newest = self.newest.max(time::newest(&object));
        self.tables
            .entry(key)
            .or_default()
            .entry(place)
            .or_insert_with(|| object.to_string().into_boxed_str());
        self.declare(resource);
    }

    /// Adds one object of a known type as text that was redacted when it was written.
    fn add_text(&mut self, resource: &Resource, namespace: String, name: String, text: &str) {
        let table = self.tables.entry((resource.group.clone(), resource.plural.clone())).or_default();
        table.entry((namespace, name)).or_insert_with(|| text.into());
    }

    /// Adds the text of a log.
    pub(crate) fn add_log(&mut self, key: LogKey, text: String) {
        self.logs.entry(key).or_insert(text);
    }

    /// Which logs there are.
    pub(crate) fn log_keys(&self) -> Vec<LogKey> {
        self.logs.keys().cloned().collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What is embedded was redacted when it was recorded: taken as it stands it is what any file becomes.
    #[test]
    fn the_embedded_recording_needs_no_redaction() {
        let embedded = Snapshot::demo().expect("the demo");
        let read = archive::read(DEMO, Path::new("demo"), archive::Origin::File).expect("a recording");
        assert!(embedded.tables.values().map(Table::len).sum::<usize>() > 500);
        for (kind, table) in &read.tables {
            for (place, object) in table {
                let taken: Value = serde_json::from_str(&embedded.tables[kind][place]).expect("JSON");
                assert_eq!(taken, serde_json::from_str::<Value>(object).expect("JSON"), "{kind:?} {place:?}");
            }
        }
        assert_eq!(embedded.tables.keys().collect::<Vec<_>>(), read.tables.keys().collect::<Vec<_>>());
    }
}
