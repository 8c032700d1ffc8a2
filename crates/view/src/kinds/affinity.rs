//! Which nodes and neighbours a pod insists on.

use crate::{LabelSelector, List, Map, Requirement, Str};
use serde::Deserialize;
use std::fmt;

/// The required parts of a pod's affinity; preferences never keep a pod from being scheduled.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Affinity {
    pub node_affinity: NodeAffinity,
    pub pod_affinity: PodAffinity,
    pub pod_anti_affinity: PodAffinity,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeAffinity {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub required: NodeSelector,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelector {
    /// One of them has to hold.
    pub node_selector_terms: List<NodeSelectorTerm>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelectorTerm {
    /// All of them have to hold.
    pub match_expressions: List<Requirement>,
    /// About `metadata.name`.
    pub match_fields: List<Requirement>,
}

impl NodeSelector {
    /// True when a node of this name and labels is selected; no terms select every node.
    pub fn selects(&self, name: &str, labels: &Map) -> bool {
        let holds = |term: &NodeSelectorTerm| {
            let label = |key: &str| labels.get(key).map(|value| value.as_str());
            term.match_expressions.iter().all(|wanted| wanted.holds(label(&wanted.key)))
                && term.match_fields.iter().all(|wanted| wanted.holds(Some(name)))
        };
        self.node_selector_terms.is_empty() || self.node_selector_terms.iter().any(holds)
    }
}

/// As people write it: `zone=a,!spot or zone=b`.
impl fmt::Display for NodeSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |term: &NodeSelectorTerm| {
            let all = term.match_expressions.iter().chain(&term.match_fields).map(ToString::to_string);
            all.collect::<Vec<_>>().join(",")
        };
        let terms: Vec<String> =
            self.node_selector_terms.iter().map(written).filter(|term| !term.is_empty()).collect();
        f.write_str(&terms.join(" or "))
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinity {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub required: List<PodAffinityTerm>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinityTerm {
    pub label_selector: LabelSelector,
    pub topology_key: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct TopologySpread {
    pub topology_key: Str,
    pub when_unsatisfiable: Str,
}
