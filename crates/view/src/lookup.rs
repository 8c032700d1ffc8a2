//! Asking for an object by name, honest about what is not known.

use crate::{Object, View};
use std::sync::Arc;

/// The answer to "is there such an object?".
pub enum Lookup<'a, K> {
    /// It exists.
    Found(&'a Arc<K>),
    /// It is known not to exist.
    Missing,
    /// Its kind was not read wholly there, so nothing may be concluded.
    Unknown,
}

impl<'a, K> Lookup<'a, K> {
    /// The object, when it exists.
    pub fn found(self) -> Option<&'a Arc<K>> {
        match self {
            Lookup::Found(object) => Some(object),
            _ => None,
        }
    }
    /// True only when the object is known not to exist.
    pub fn is_missing(&self) -> bool {
        matches!(self, Lookup::Missing)
    }
}

impl View {
    /// Looks an object up. [`Lookup::Missing`] is answered only when coverage proves absence, so a rule
    /// that matches on it cannot conclude anything from a forbidden or cut list.
    pub fn lookup<K: Object>(&self, namespace: &str, name: &str) -> Lookup<'_, K> {
        match K::table(self).get(namespace, name) {
            Some(object) => Lookup::Found(object),
            None if self.proves_absence::<K>(namespace) => Lookup::Missing,
            None => Lookup::Unknown,
        }
    }

    /// True when what is not in the View of this kind and namespace is known not to exist.
    pub fn proves_absence<K: Object>(&self, namespace: &str) -> bool {
        self.coverage.of(K::KIND, namespace).proves_absence()
    }
}
