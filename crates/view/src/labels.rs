//! Pods by what they carry.

use crate::{Map, Pod, Str, Table, View};
use std::collections::HashMap;
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

impl View {
    /// The pods of a namespace that carry all of these labels, by name; all of them when there is no label.
    pub fn pods_labelled(&self, namespace: &str, labels: &Map) -> Vec<&Arc<Pod>> {
        if labels.is_empty() {
            return self.pods.in_namespace(namespace).iter().collect();
        }
        // Made when it is first asked for: many analyses never do.
        let index = self.label_index.get_or_init(|| Arc::new(LabelIndex::new(&self.pods)));
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
