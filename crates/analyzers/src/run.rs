//! Running rules over a View.

use crate::{Entry, FilterSet, Finding, Findings, Registered, registry};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use view::{Kind, View};

/// What the rules said.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Findings in the order of rules and objects.
    pub findings: Vec<Finding>,
    /// Ids of rules that failed; their findings are lost, nothing else.
    pub failed: Vec<&'static str>,
}

/// Kinds that must be read for these filters.
pub fn kinds_needed(filters: &FilterSet) -> BTreeSet<Kind> {
    let chosen = registry::entries().filter(|(analyzer, entry)| filters.speaks(analyzer, entry.rule));
    chosen.flat_map(|(_, entry)| entry.rule.needs.iter().copied()).collect()
}

/// The rules that run for these filters: theirs, and every other rule whose kinds are read anyway,
/// because it may explain what theirs find.
pub fn rules_for(filters: &FilterSet) -> impl Iterator<Item = (&'static Registered, &'static Entry)> {
    let kinds = kinds_needed(filters);
    registry::entries().filter(move |(analyzer, entry)| {
        let explains = entry.rule.default
            && !entry.is_risk()
            && entry.rule.needs.iter().all(|kind| kinds.contains(kind));
        explains || filters.speaks(analyzer, entry.rule)
    })
}

/// Runs rules over a View. A rule that panics loses its own findings and is named in `failed`.
pub fn run(view: &View, rules: impl IntoIterator<Item = (&'static Registered, &'static Entry)>) -> Outcome {
    let mut outcome = Outcome::default();
    for (analyzer, entry) in rules {
        let mut findings = Findings::new(entry.id, analyzer.analyzer.filter, entry.rule.severity);
        let ran = catch_unwind(AssertUnwindSafe(|| (entry.rule.run)(view, &mut findings)));
        match ran {
            Ok(()) => outcome.findings.append(&mut findings.list),
            Err(_) => outcome.failed.push(entry.id),
        }
    }
    outcome
}
