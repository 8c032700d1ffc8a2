//! What a View does not know.

use crate::{CustomType, Kind, Str};
use std::collections::BTreeMap;
use std::sync::Arc;

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

impl Entry {
    fn within(&self, namespace: &str) -> Status {
        match &self.only {
            Some(only) if !only.iter().any(|name| name.as_str() == namespace) => Status::NotRead,
            _ => self.status.clone(),
        }
    }
}

/// Coverage of every kind and of every custom type. Kinds without an entry are [`Status::NotRead`].
#[derive(Clone, Default, Debug)]
pub struct Coverage {
    kinds: BTreeMap<Kind, Entry>,
    types: Arc<Vec<(CustomType, Entry)>>,
}

impl Coverage {
    /// Records the outcome of listing `kind`; `only_namespace` when the list was narrowed to one.
    pub fn record(&mut self, kind: Kind, status: Status, only_namespace: Option<&str>) {
        let only = only_namespace.filter(|_| kind.info().namespaced).map(|only| vec![Str::from(only)]);
        self.kinds.insert(kind, Entry { status, only });
    }

    /// Records the outcome of listing the instances of a custom type, as [`Coverage::record`] does of a kind.
    pub fn record_type(&mut self, custom: CustomType, status: Status, only_namespace: Option<&str>) {
        let only = only_namespace.filter(|_| custom.namespaced).map(|only| vec![Str::from(only)]);
        Arc::make_mut(&mut self.types).push((custom, Entry { status, only }));
    }

    /// Says that of a namespaced kind only these namespaces were recorded, as dumps do: nothing is
    /// known of it elsewhere.
    pub fn narrow<'a>(&mut self, kind: Kind, namespaces: impl IntoIterator<Item = &'a str>) {
        if let (Some(entry), true) = (self.kinds.get_mut(&kind), kind.info().namespaced) {
            let mut only: Vec<Str> = namespaces.into_iter().map(Str::from).collect();
            only.retain(|namespace| entry.only.as_ref().is_none_or(|before| before.contains(namespace)));
            entry.only = Some(only);
        }
    }

    /// [`Coverage::narrow`] for a custom type.
    pub fn narrow_type<'a>(&mut self, custom: &CustomType, namespaces: impl IntoIterator<Item = &'a str>) {
        let mut types = Arc::make_mut(&mut self.types).iter_mut();
        if let Some((_, entry)) = types.find(|(known, _)| known == custom && known.namespaced) {
            entry.only = Some(namespaces.into_iter().map(Str::from).collect());
        }
    }

    /// What is known of `kind` in `namespace` (empty for cluster-scoped kinds).
    pub fn of(&self, kind: Kind, namespace: &str) -> Status {
        self.kinds.get(&kind).map_or(Status::NotRead, |entry| entry.within(namespace))
    }

    /// What is known of a custom type in `namespace`. A type without an entry is absent where all
    /// definitions were read.
    pub fn of_type(&self, group: &str, kind: &str, namespace: &str) -> Status {
        match self.types.iter().find(|(t, _)| t.kind == kind && t.group == group) {
            Some((_, entry)) => entry.within(namespace),
            None if self.of_kind(Kind::CustomResourceDefinition) == Status::Complete
                && !matches!(self.of_kind(Kind::CustomResource), Status::NotRead) =>
            {
                Status::Absent
            }
            None => Status::NotRead,
        }
    }

    /// Every custom type that is defined, with the outcome of its list.
    pub fn types(&self) -> impl Iterator<Item = (&CustomType, &Status)> {
        self.types.iter().map(|(custom, entry)| (custom, &entry.status))
    }

    /// The outcome of the kind's list, wherever it was narrowed to.
    pub fn of_kind(&self, kind: Kind) -> Status {
        self.kinds.get(&kind).map_or(Status::NotRead, |entry| entry.status.clone())
    }

    /// True when the kind was read without gaps in every namespace.
    pub fn is_whole(&self, kind: Kind) -> bool {
        self.kinds.get(&kind).is_some_and(|e| e.status.proves_absence() && e.only.is_none())
    }

    /// Kinds that were asked for and are not wholly known, with the reason: what a report must name.
    pub fn gaps(&self) -> impl Iterator<Item = (Kind, &Status)> {
        self.kinds.iter().filter(|(_, e)| !e.status.proves_absence()).map(|(k, e)| (*k, &e.status))
    }
}
