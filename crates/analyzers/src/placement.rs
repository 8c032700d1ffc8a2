//! What a pod insists on about its node and its neighbours, in words.

use crate::scheduling::{unmet_labels, without_label};
use crate::{Finding, Source, words};
use view::{Affinity, Object, Pod, PodAffinityTerm, Requirement, View};

/// Entries of a required nodeAffinity that no node satisfies: those that stand in every one of its terms'
/// way. Empty when nodes were not read.
pub(crate) fn unmet_affinity<'v>(view: &View, pod: &'v Pod) -> Vec<&'v Requirement> {
    let terms = pod.spec.affinity.iter().flat_map(|a| &a.node_affinity.required.node_selector_terms);
    let anywhere = |wanted: &Requirement| {
        view.nodes.iter().any(|node| wanted.holds(node.metadata.labels.get(&wanted.key).map(|v| v.as_str())))
    };
    let mut all: Vec<&Requirement> = Vec::new();
    for term in terms {
        let unmet: Vec<&Requirement> = term.match_expressions.iter().filter(|r| !anywhere(r)).collect();
        if unmet.is_empty() {
            return Vec::new();
        }
        all.extend(unmet);
    }
    if view.nodes.is_empty() { Vec::new() } else { all }
}

/// The required nodeAffinity as written: `zone=a,!spot or zone=b`.
pub(crate) fn node_affinity(pod: &Pod) -> String {
    let terms = pod.spec.affinity.iter().flat_map(|a| &a.node_affinity.required.node_selector_terms);
    let written = terms
        .map(|term| term.match_expressions.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    written.filter(|term| !term.is_empty()).collect::<Vec<_>>().join(" or ")
}

/// Labels that the pod asks for: those of its selector, or else of its affinity, that no node has.
pub(crate) fn explain_node_labels(view: &View, pod: &Pod, finding: &mut Finding) {
    let lines = unmet_labels(view, pod);
    let unmet = unmet_affinity(view, pod);
    let selector = pod.spec.node_selector.to_selector();
    if selector.is_empty() || (lines.is_empty() && !unmet.is_empty()) {
        for wanted in &unmet {
            finding.proof(Source::Cluster, offered(view, &wanted.key));
        }
        let wanted = unmet.first().map_or_else(|| "so that it matches".to_owned(), |w| format!("with {w}"));
        finding.field("spec.affinity.nodeAffinity");
        finding.fix(format!("correct the pod's nodeAffinity, or label a node {wanted}"));
        return;
    }
    for line in lines {
        finding.proof(Source::Cluster, line);
    }
    finding.field("spec.nodeSelector");
    finding.fix(format!("label a node with {selector}, or correct the pod's nodeSelector"));
}

/// What nodes carry of a label that a requirement is about: `nodes carry zone=a, b`.
pub(crate) fn offered(view: &View, key: &str) -> String {
    let there = view.node_labels();
    let values = words::join_some(there.values(key), 4);
    if values.is_empty() { without_label(there, key) } else { format!("nodes carry {key}={values}") }
}

/// Required neighbours, or those to stay apart from: `app=cache (same kubernetes.io/hostname)`.
pub(crate) fn neighbours(pod: &Pod, anti: bool) -> String {
    let of = |affinity: &Affinity| -> Vec<String> {
        let side = if anti { &affinity.pod_anti_affinity } else { &affinity.pod_affinity };
        side.required.iter().map(|term| neighbour(term, anti)).collect()
    };
    words::join_some(pod.spec.affinity.iter().flat_map(|affinity| of(affinity)), 3)
}

fn neighbour(term: &PodAffinityTerm, anti: bool) -> String {
    let selector = term.label_selector.to_string();
    let which = if selector.is_empty() { "any pod".to_owned() } else { selector };
    format!("{which} ({} {})", if anti { "another" } else { "same" }, term.topology_key)
}

/// Keys of the topology spread constraints that keep a pod from being scheduled.
pub(crate) fn spread_keys(pod: &Pod) -> Vec<&str> {
    let hard =
        pod.spec.topology_spread_constraints.iter().filter(|c| c.when_unsatisfiable != "ScheduleAnyway");
    hard.map(|c| c.topology_key.as_str()).collect()
}

/// The topology key that no node carries, when the scheduler says that this is the reason.
pub(crate) fn absent_spread_key<'v>(view: &View, pod: &'v Pod, text: &str) -> Option<&'v str> {
    let absent = |key: &&str| !view.nodes.iter().any(|node| node.metadata.labels.get(key).is_some());
    spread_keys(pod).into_iter().find(absent).filter(|_| text.contains("missing required label"))
}

/// The host ports that a pod wants, and the first pods that hold one of them.
pub(crate) fn host_ports(view: &View, pod: &Pod) -> (Vec<i32>, Vec<String>) {
    let of = |pod: &Pod| -> Vec<i32> {
        pod.spec.containers.iter().flat_map(|c| c.ports.iter().filter_map(|p| p.host_port)).collect()
    };
    let wanted = of(pod);
    let holds = |other: &&std::sync::Arc<Pod>| {
        !other.spec.node_name.is_empty()
            && !other.is_finished()
            && of(other).iter().any(|port| wanted.contains(port))
    };
    let holders = view.pods.iter().filter(holds).map(|other| other.reference().to_string()).collect();
    (wanted, holders)
}

/// A reason of the scheduler about neighbours, spread or host ports, with the pod's own values.
pub(crate) fn in_words(view: &View, pod: &Pod, text: &str, nodes: &str) -> Option<String> {
    if text.contains("free ports") {
        let (ports, holders) = host_ports(view, pod);
        if ports.is_empty() {
            return None;
        }
        let ports = words::join_some(ports, 4);
        let by =
            if holders.is_empty() { String::new() } else { format!(" by {}", words::join_some(holders, 2)) };
        return Some(format!("{nodes} where hostPort {ports} is taken{by}"));
    }
    if text.contains("anti-affinity rules") && !text.contains("existing pods") {
        let apart = neighbours(pod, true);
        return (!apart.is_empty())
            .then(|| format!("{nodes} where a pod runs that its anti-affinity keeps away from: {apart}"));
    }
    if text.contains("pod affinity rules") {
        let beside = neighbours(pod, false);
        return (!beside.is_empty())
            .then(|| format!("{nodes} without the pod that its affinity asks for: {beside}"));
    }
    if text.contains("topology spread") {
        if let Some(key) = absent_spread_key(view, pod, text) {
            return Some(format!("{nodes} without the label {key} of its topology spread constraint"));
        }
        let keys = words::join_some(spread_keys(pod), 3);
        return (!keys.is_empty())
            .then(|| format!("{nodes} where it would break its topology spread over {keys}"));
    }
    None
}
