//! All objects of one kind, with indexes.

use crate::{Kind, Meta, ObjectRef, Str, View};
use std::collections::HashMap;
use std::sync::Arc;

/// A kind that a View holds. Implemented by the list of kinds, nowhere else.
pub trait Object: Sized + 'static {
    /// Which kind this is.
    const KIND: Kind;
    /// The object's metadata.
    fn metadata(&self) -> &Meta;
    /// The kind's table in a View.
    fn table(view: &View) -> &Table<Self>;

    /// What tells it from an object of the same namespace and name in the same table: group and kind, where
    /// a table holds several types.
    fn family(&self) -> (&str, &str) {
        ("", "")
    }

    /// Kind, namespace and name of this object.
    fn reference(&self) -> ObjectRef {
        let meta = self.metadata();
        ObjectRef {
            kind: Self::KIND.name().into(),
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
        }
    }
}

/// The objects of one kind ordered by namespace and name, so that the same cluster gives the same
/// bytes whatever order the server answered in.
#[derive(Debug)]
pub struct Table<K> {
    rows: Vec<Arc<K>>,
    by_owner: HashMap<Str, Vec<u32>>,
}

impl<K> Default for Table<K> {
    fn default() -> Self {
        Table { rows: Vec::new(), by_owner: HashMap::new() }
    }
}

impl<K: Object> Table<K> {
    /// Orders and indexes rows; of two rows with the same namespace, name and family the later wins.
    pub fn new(mut rows: Vec<Arc<K>>) -> Table<K> {
        rows.sort_by(|a, b| identity(&**a).cmp(&identity(&**b)));
        rows.reverse();
        rows.dedup_by(|a, b| identity(&**a) == identity(&**b));
        rows.reverse();
        let mut by_owner: HashMap<Str, Vec<u32>> = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            for owner in &row.metadata().owner_references {
                by_owner.entry(owner.uid.clone()).or_default().push(at as u32);
            }
        }
        Table { rows, by_owner }
    }

    /// Every object, by namespace and name.
    pub fn iter(&self) -> std::slice::Iter<'_, Arc<K>> {
        self.rows.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The object of this namespace (empty for cluster-scoped kinds) and name.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&Arc<K>> {
        self.rows
            .binary_search_by(|row| key(row.metadata()).cmp(&(namespace, name)))
            .ok()
            .map(|at| &self.rows[at])
    }

    /// The object at a position of [`Table::iter`].
    pub(crate) fn at(&self, position: u32) -> Option<&Arc<K>> {
        self.rows.get(position as usize)
    }

    /// Every object of this namespace and name: one for each type of a table that holds several.
    pub fn all_named(&self, namespace: &str, name: &str) -> &[Arc<K>] {
        let wanted = (namespace, name);
        let start = self.rows.partition_point(|row| key(row.metadata()) < wanted);
        let end = self.rows.partition_point(|row| key(row.metadata()) <= wanted);
        &self.rows[start..end]
    }

    /// The objects of one namespace, by name.
    pub fn in_namespace(&self, namespace: &str) -> &[Arc<K>] {
        let start = self.rows.partition_point(|row| row.metadata().namespace.as_str() < namespace);
        let end = self.rows.partition_point(|row| row.metadata().namespace.as_str() <= namespace);
        &self.rows[start..end]
    }

    /// The objects that name `uid` among their owners.
    pub fn owned_by(&self, uid: &str) -> impl Iterator<Item = &Arc<K>> {
        self.by_owner.get(uid).into_iter().flatten().map(|&at| &self.rows[at as usize])
    }

    /// Names in one namespace, for suggesting near misses.
    pub fn names_in(&self, namespace: &str) -> impl Iterator<Item = &str> {
        self.in_namespace(namespace).iter().map(|row| row.metadata().name.as_str())
    }
}

fn identity<K: Object>(row: &K) -> (&str, &str, (&str, &str)) {
    let (namespace, name) = key(row.metadata());
    (namespace, name, row.family())
}

fn key(meta: &Meta) -> (&str, &str) {
    (&meta.namespace, &meta.name)
}
