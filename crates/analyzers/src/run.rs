//! Which rules run, and running them over a View.

use crate::{Entry, FilterSet, Finding, Findings, Registered, began, registry};
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

/// Kinds that the rules of these filters read: without them, what was asked for is not checked.
pub fn kinds_chosen(filters: &FilterSet) -> BTreeSet<Kind> {
    let chosen = registry::entries().filter(|(analyzer, entry)| filters.speaks(analyzer, entry.rule));
    chosen.flat_map(|(_, entry)| entry.rule.needs.iter().copied()).collect()
}

/// Kinds that must be read for these filters: those of their rules, and whatever rules read that may explain
/// what theirs find. A rule may explain when it looks at a kind that is read already; what it reads is read
/// too, and so on. Kinds that not every cluster has, and those of access control, are read for chosen filters
/// alone.
pub fn kinds_needed(filters: &FilterSet) -> BTreeSet<Kind> {
    let mut kinds = kinds_chosen(filters);
    loop {
        let before = kinds.len();
        for (analyzer, entry) in registry::entries().filter(|(analyzer, entry)| explains(analyzer, entry)) {
            let looks = analyzer.kind().is_some_and(|kind| kinds.contains(&kind));
            if looks {
                kinds.extend(entry.rule.needs.iter().filter(|kind| kind.info().is_common()));
            }
        }
        if kinds.len() == before {
            return kinds;
        }
    }
}

/// The rules that run for these filters: theirs, and every other rule whose kinds are read anyway,
/// because it may explain what theirs find.
pub fn rules_for(filters: &FilterSet) -> impl Iterator<Item = (&'static Registered, &'static Entry)> {
    let kinds = kinds_needed(filters);
    registry::entries().filter(move |(analyzer, entry)| {
        let mut common = entry.rule.needs.iter().filter(|kind| kind.info().is_common());
        let read = common.all(|kind| kinds.contains(kind));
        (read && explains(analyzer, entry)) || filters.speaks(analyzer, entry.rule)
    })
}

/// A rule that may speak as a cause without having been chosen.
fn explains(analyzer: &Registered, entry: &Entry) -> bool {
    entry.rule.default && !entry.is_risk() && analyzer.explains()
}

/// Runs rules over a View. A rule that panics loses its own findings and is named in `failed`.
pub fn run(view: &View, rules: impl IntoIterator<Item = (&'static Registered, &'static Entry)>) -> Outcome {
    let mut outcome = Outcome::default();
    for (analyzer, entry) in rules {
        let mut findings = Findings::new(entry.id, analyzer.analyzer.filter, entry.rule.severity);
        let ran = catch_unwind(AssertUnwindSafe(|| {
            (entry.rule.run)(view, &mut findings);
            began::date(view, &mut findings.list);
        }));
        match ran {
            Ok(()) => outcome.findings.append(&mut findings.list),
            Err(_) => outcome.failed.push(entry.id),
        }
    }
    outcome
}
