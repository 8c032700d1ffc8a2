//! Filters: the names by which people select analyzers.

use crate::{Registered, Rule, registry, words};
use std::collections::BTreeSet;

/// Which analyzers speak. Others may still explain what these find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterSet {
    names: BTreeSet<&'static str>,
    explicit: bool,
}

/// A filter name that means nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFilter {
    /// What was given.
    pub given: String,
    /// Names close to it.
    pub near: Vec<String>,
}

impl FilterSet {
    /// The analyzers that run when nobody chose.
    pub fn defaults() -> FilterSet {
        let chosen =
            registry::registered().iter().filter(|r| r.analyzer.default && !r.analyzer.filter.is_empty());
        FilterSet { names: chosen.map(|r| r.analyzer.filter).collect(), explicit: false }
    }

    /// Exactly these, in any accepted spelling. Unknown names are returned beside the rest.
    pub fn explicit<'a>(given: impl IntoIterator<Item = &'a str>) -> (FilterSet, Vec<UnknownFilter>) {
        let mut names = BTreeSet::new();
        let mut unknown = Vec::new();
        for name in given {
            match resolve_filter(name) {
                Ok(filter) => {
                    names.insert(filter);
                }
                Err(error) => unknown.push(error),
            }
        }
        (FilterSet { names, explicit: true }, unknown)
    }

    /// As [`FilterSet::explicit`], for names that stand in a configuration: rules that speak only when
    /// their filter is asked for stay silent.
    pub fn configured<'a>(given: impl IntoIterator<Item = &'a str>) -> (FilterSet, Vec<UnknownFilter>) {
        let (set, unknown) = FilterSet::explicit(given);
        (FilterSet { explicit: false, ..set }, unknown)
    }

    /// The same and the filter of this name, if there is one.
    pub fn with(mut self, filter: &str) -> FilterSet {
        self.names.extend(resolve_filter(filter).ok());
        self
    }

    /// The chosen filter names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().copied()
    }

    /// True when a filter was chosen.
    pub fn contains(&self, filter: &str) -> bool {
        self.names.contains(filter)
    }

    /// True when a rule of this analyzer may report on its own. An analyzer that does not run by default has
    /// been asked for by whoever chose it.
    pub fn speaks(&self, analyzer: &Registered, rule: &Rule) -> bool {
        let asked = self.explicit || !analyzer.analyzer.default;
        self.names.contains(analyzer.analyzer.filter) && (rule.default || asked)
    }
}

/// Every filter name with whether it runs by default, sorted.
pub fn filter_names() -> Vec<(&'static str, bool)> {
    let all = registry::registered().iter().map(|r| (r.analyzer.filter, r.analyzer.default));
    let mut names: Vec<_> = all.filter(|(filter, _)| !filter.is_empty()).collect();
    names.sort_unstable();
    names.dedup_by_key(|(filter, _)| *filter);
    names
}

/// The filter that a spelling means: any case, plural, or short name (`pods`, `pvc`, `deploy`).
pub fn resolve_filter(given: &str) -> Result<&'static str, UnknownFilter> {
    let wanted = given.trim().to_ascii_lowercase();
    let analyzers = || registry::registered().iter().map(|r| r.analyzer).filter(|a| !a.filter.is_empty());
    let exact =
        |name: &str| analyzers().find(|a| a.filter.eq_ignore_ascii_case(name) || a.aliases.contains(&name));
    let singulars = [wanted.strip_suffix("es"), wanted.strip_suffix('s')];
    let found = exact(&wanted).or_else(|| singulars.into_iter().flatten().find_map(exact));
    found.map(|analyzer| analyzer.filter).ok_or_else(|| {
        let near = words::near(given.trim(), analyzers().map(|a| a.filter)).into_iter();
        UnknownFilter { given: given.trim().to_owned(), near: near.map(str::to_owned).collect() }
    })
}
