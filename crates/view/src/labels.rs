//! Pods by what they carry, and what nodes carry.

use crate::{Map, Node, Pod, Str, Table, View};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A namespace, a label's key and its value.
type Label = (Str, Str, Str);

/// Positions of pods in their table, by each of their labels.
#[derive(Default, Debug)]
pub(crate) struct LabelIndex(HashMap<Label, Vec<u32>>);

impl LabelIndex {
    fn new(pods: &Table<Pod>) -> LabelIndex {
        let mut by_label: HashMap<Label, Vec<u32>> = HashMap::new();
        for (at, pod) in pods.iter().enumerate() {
            for (key, value) in pod.metadata.labels.iter() {
                let label = (pod.metadata.namespace.clone(), key.clone(), value.clone());
                by_label.entry(label).or_default().push(at as u32);
            }
        }
        LabelIndex(by_label)
    }
}

/// Every label that some node carries, with all of its values.
#[derive(Default, Debug)]
pub struct NodeLabels(BTreeMap<Str, BTreeSet<Str>>);

impl NodeLabels {
    fn new(nodes: &Table<Node>) -> NodeLabels {
        let mut values: BTreeMap<Str, BTreeSet<Str>> = BTreeMap::new();
        for (key, value) in nodes.iter().flat_map(|node| node.metadata.labels.iter()) {
            values.entry(key.clone()).or_default().insert(value.clone());
        }
        NodeLabels(values)
    }

    /// True when some node carries this label.
    pub fn contains(&self, key: &str, value: &str) -> bool {
        self.0.get(key).is_some_and(|values| values.contains(value))
    }

    /// The values of a label, sorted; none when no node carries it.
    pub fn values<'a>(&'a self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.0.get(key).into_iter().flatten().map(Str::as_str)
    }

    /// Every key, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(Str::as_str)
    }
}

impl View {
    /// What nodes carry: hundreds of pods that find no node ask the same of hundreds of nodes.
    pub fn node_labels(&self) -> &NodeLabels {
        self.lazy.node_labels.get_or_init(|| Arc::new(NodeLabels::new(&self.nodes)))
    }

    /// The pods of a namespace that carry all of these labels, by name; all of them when there is no label.
    pub fn pods_labelled(&self, namespace: &str, labels: &Map) -> Vec<&Arc<Pod>> {
        if labels.is_empty() {
            return self.pods.in_namespace(namespace).iter().collect();
        }
        let index = self.lazy.labels.get_or_init(|| Arc::new(LabelIndex::new(&self.pods)));
        let namespace = Str::from(namespace);
        let lists = labels.iter().map(|(key, value)| {
            let label = (namespace.clone(), key.clone(), value.clone());
            index.0.get(&label).map_or(&[][..], Vec::as_slice)
        });
        let fewest = lists.min_by_key(|list| list.len()).unwrap_or_default();
        let pods = fewest.iter().filter_map(|&at| self.pods.at(at));
        pods.filter(|pod| labels.is_subset_of(&pod.metadata.labels)).collect()
    }
}
