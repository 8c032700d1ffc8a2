//! Events by the object that they tell about.

use crate::{Event, Meta, ObjectRef, Str, Table, View};
use std::collections::HashMap;
use std::sync::Arc;

/// Positions of events, by kind, namespace and name of the involved object, newest first.
#[derive(Default, Debug)]
pub struct EventIndex(HashMap<ObjectRef, Vec<Arc<Event>>>);

impl EventIndex {
    pub(crate) fn new(events: &Table<Event>) -> EventIndex {
        let mut by_object: HashMap<ObjectRef, Vec<Arc<Event>>> = HashMap::new();
        for event in events.iter() {
            by_object.entry(event.about()).or_default().push(event.clone());
        }
        for list in by_object.values_mut() {
            list.sort_by(|a, b| {
                b.last_seen().cmp(&a.last_seen()).then_with(|| a.metadata.name.cmp(&b.metadata.name))
            });
        }
        EventIndex(by_object)
    }
}

impl View {
    /// Events about this very object, newest first. An object of another kind with the same name does
    /// not count, nor does a deleted predecessor whose uid differs.
    pub fn events_of<'a>(&'a self, kind: &str, meta: &'a Meta) -> impl Iterator<Item = &'a Arc<Event>> {
        let key = ObjectRef { kind: kind.into(), namespace: meta.namespace.clone(), name: meta.name.clone() };
        let all = self.event_index.0.get(&key).into_iter().flatten();
        all.filter(move |event| same_identity(&event.involved_object.uid, meta))
    }

    /// Events about an object of this kind, namespace and name, whatever its uid, newest first.
    pub fn events_about(&self, object: &ObjectRef) -> impl Iterator<Item = &Arc<Event>> {
        self.event_index.0.get(object).into_iter().flatten()
    }
}

fn same_identity(uid: &Str, meta: &Meta) -> bool {
    // Some reporters put a node's name where its uid belongs; both mean this object.
    uid.is_empty() || meta.uid.is_empty() || *uid == meta.uid || *uid == meta.name
}
