//! The rules that the build found.

use crate::{Entry, Registered};

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

/// Every analyzer, by folder name.
pub fn registered() -> &'static [Registered] {
    ANALYZERS
}

/// Every rule with its analyzer, by id.
pub fn entries() -> impl Iterator<Item = (&'static Registered, &'static Entry)> {
    ANALYZERS.iter().flat_map(|analyzer| analyzer.rules.iter().map(move |entry| (analyzer, entry)))
}

/// The rule of this id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    entries().map(|(_, entry)| entry).find(|entry| entry.id == id)
}
