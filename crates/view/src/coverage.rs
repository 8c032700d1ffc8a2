//! What a View does not know.

use crate::{Kind, Str};
use std::collections::BTreeMap;

/// How completely a kind was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Status {
    /// Every object was read: what is not there does not exist.
    Complete,
    /// The API server refused the list (403): nothing may be concluded from absence.
    Forbidden,
    /// The API server does not serve this kind: there are no such objects.
    Absent,
    /// The list was cut: what is there is true, what is missing is unknown.
    Truncated,
    /// The list failed, with the reason.
    Failed(Str),
    /// Nobody asked for it, or it lies outside the namespace that was read.
    NotRead,
    /// The snapshot does not hold this kind.
    NotCaptured,
}

impl Status {
    /// True when an object that is not in the View is known not to exist.
    pub fn proves_absence(&self) -> bool {
        matches!(self, Status::Complete | Status::Absent)
    }
}

/// What is known of one kind: the outcome of its list, and the namespaces it was narrowed to.
#[derive(Clone, Debug)]
struct Entry {
    status: Status,
    only: Option<Vec<Str>>,
}

/// Coverage of every kind. Kinds without an entry are [`Status::NotRead`].
#[derive(Clone, Default, Debug)]
pub struct Coverage(BTreeMap<Kind, Entry>);

impl Coverage {
    /// Records the outcome of listing `kind`; `only_namespace` when the list was narrowed to one.
    pub fn record(&mut self, kind: Kind, status: Status, only_namespace: Option<&str>) {
        let only = only_namespace.filter(|_| kind.info().namespaced).map(|only| vec![Str::from(only)]);
        self.0.insert(kind, Entry { status, only });
    }

    /// Says that of a namespaced kind only these namespaces were recorded, as dumps do: nothing is
    /// known of it elsewhere.
    pub fn narrow<'a>(&mut self, kind: Kind, namespaces: impl IntoIterator<Item = &'a str>) {
        if let (Some(entry), true) = (self.0.get_mut(&kind), kind.info().namespaced) {
            let mut only: Vec<Str> = namespaces.into_iter().map(Str::from).collect();
            only.retain(|namespace| entry.only.as_ref().is_none_or(|before| before.contains(namespace)));
            entry.only = Some(only);
        }
    }

    /// What is known of `kind` in `namespace` (empty for cluster-scoped kinds).
    pub fn of(&self, kind: Kind, namespace: &str) -> Status {
        match self.0.get(&kind) {
            None => Status::NotRead,
            Some(entry) => match &entry.only {
                Some(only) if !only.iter().any(|name| name.as_str() == namespace) => Status::NotRead,
                _ => entry.status.clone(),
            },
        }
    }

    /// The outcome of the kind's list, wherever it was narrowed to.
    pub fn of_kind(&self, kind: Kind) -> Status {
        self.0.get(&kind).map_or(Status::NotRead, |entry| entry.status.clone())
    }

    /// True when the kind was read without gaps in every namespace.
    pub fn is_whole(&self, kind: Kind) -> bool {
        self.0.get(&kind).is_some_and(|e| e.status.proves_absence() && e.only.is_none())
    }

    /// Kinds that were asked for and are not wholly known, with the reason: what a report must name.
    pub fn gaps(&self) -> impl Iterator<Item = (Kind, &Status)> {
        self.0.iter().filter(|(_, e)| !e.status.proves_absence()).map(|(k, e)| (*k, &e.status))
    }
}
