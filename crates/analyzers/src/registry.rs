//! The rules that the build found.

use crate::{Entry, Finding, Registered, Severity};
use std::collections::HashMap;
use std::sync::OnceLock;

include!(concat!(env!("OUT_DIR"), "/registry.rs"));

/// Every analyzer, by folder name.
pub fn registered() -> &'static [Registered] {
    ANALYZERS
}

/// Every rule with its analyzer, by id.
pub fn entries() -> impl Iterator<Item = (&'static Registered, &'static Entry)> {
    ANALYZERS.iter().flat_map(|analyzer| analyzer.rules.iter().map(move |entry| (analyzer, entry)))
}

/// A rule with its analyzer, by id.
pub(crate) fn find(id: &str) -> Option<(&'static Registered, &'static Entry)> {
    static BY_ID: OnceLock<HashMap<&'static str, (&'static Registered, &'static Entry)>> = OnceLock::new();
    let by_id =
        BY_ID.get_or_init(|| entries().map(|(analyzer, entry)| (entry.id, (analyzer, entry))).collect());
    by_id.get(id).copied()
}

/// The rule of this id.
pub fn entry(id: &str) -> Option<&'static Entry> {
    find(id).map(|(_, entry)| entry)
}

/// True when a finding may be the cause of another: what is only worth knowing breaks nothing, what a rule
/// about risks has to say does not either, and the word of a custom analyzer proves nothing.
pub(crate) fn can_explain(finding: &Finding, other: &Finding) -> bool {
    finding.said.is_none()
        && (finding.severity > Severity::Info || other.severity == Severity::Info)
        && entry(finding.rule).is_none_or(|entry| !entry.is_risk())
}
