//! ConfigMaps and Secrets by the pods that need them.

use crate::{Kind, Pod, Str, Table, View, references};
use std::collections::HashMap;
use std::sync::Arc;

/// A ConfigMap or Secret, existing or not, that pods refer to and cannot do without.
#[derive(Debug)]
pub struct Needed {
    /// Namespace of the pods and of what they refer to.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
    /// The keys that they ask for, without repeats.
    pub keys: Vec<Str>,
    /// Positions of the pods in their table.
    pods: Vec<u32>,
}

/// What pods need, by kind, namespace and name. Replicas need the same: the index is as large as the number of
/// what is needed, with a number for each pod.
#[derive(Default, Debug)]
pub(crate) struct NeedIndex(HashMap<(Kind, Str, Str), Needed>);

impl NeedIndex {
    fn new(pods: &Table<Pod>) -> NeedIndex {
        let mut all: HashMap<(Kind, Str, Str), Needed> = HashMap::new();
        for (at, pod) in pods.iter().enumerate() {
            let needed = references(&pod.spec, &pod.metadata.name).into_iter();
            for reference in
                needed.filter(|r| !r.optional && matches!(r.kind, Kind::ConfigMap | Kind::Secret))
            {
                let (namespace, name) = (pod.metadata.namespace.clone(), reference.name);
                let entry = all.entry((reference.kind, namespace.clone(), name.clone()));
                let needed =
                    entry.or_insert_with(|| Needed { namespace, name, keys: Vec::new(), pods: Vec::new() });
                needed.keys.extend(reference.key.filter(|key| !needed.keys.contains(key)));
                if needed.pods.last() != Some(&(at as u32)) {
                    needed.pods.push(at as u32);
                }
            }
        }
        NeedIndex(all)
    }
}

impl View {
    /// The ConfigMaps or the Secrets that pods cannot do without, in no order.
    pub fn needed(&self, kind: Kind) -> impl Iterator<Item = &Needed> {
        let index = self.lazy.needs.get_or_init(|| Arc::new(NeedIndex::new(&self.pods)));
        index.0.iter().filter(move |((of, ..), _)| *of == kind).map(|(_, needed)| needed)
    }

    /// The pods that need it, by name.
    pub fn pods_needing<'a>(&'a self, needed: &'a Needed) -> impl Iterator<Item = &'a Arc<Pod>> {
        needed.pods.iter().filter_map(|&at| self.pods.at(at))
    }
}
