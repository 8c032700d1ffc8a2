//! # Node does not exist, but pods are on it
//!
//! ## What it finds
//! Pods that are bound to a node which is not in the cluster (any more).
//!
//! ## Why it matters
//! Nobody runs them and nobody reports on them; they hold their place until the garbage collector of the
//! control plane removes them.
//!
//! ## When it stays silent
//! When nodes could not be listed wholly, for pods younger than five minutes, and for pods that ended.
//!
//! ## What to do
//! If the machine should exist, let its kubelet join again. Otherwise delete the pods.

use crate::containers::{age, node_ref};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use view::{Kind, Node, Object, Pod, View};

/// The rule `node/missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node, Kind::Pod],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// The node of a younger pod (seconds) may have joined after nodes were listed.
const SETTLED_SECONDS: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    let mut lost: BTreeMap<&str, Vec<&Pod>> = BTreeMap::new();
    for pod in view.pods.iter().filter(|pod| !pod.is_finished() && !pod.spec.node_name.is_empty()) {
        let settled = age(view, pod).is_some_and(|seconds| seconds >= SETTLED_SECONDS);
        if settled && view.lookup::<Node>("", &pod.spec.node_name).is_missing() {
            lost.entry(&pod.spec.node_name).or_default().push(pod);
        }
    }
    for (node, pods) in lost {
        let bound = if pods.len() == 1 { "1 pod is" } else { &format!("{} pods are", pods.len()) };
        let finding = out.on(node_ref(node), format!("does not exist, but {bound} bound to it"));
        finding.brief("does not exist").field("spec.nodeName");
        finding.proof(Source::Spec, words::join_some(pods.iter().map(|pod| pod.reference()), 3));
        let names: Vec<&str> = view.nodes.iter().map(|node| node.metadata.name.as_str()).collect();
        finding.proof(Source::Cluster, format!("nodes here: {}", words::join_some(names, 5)));
        finding.fix(format!("let node {node} join again, or delete the pods that are bound to it"));
        finding.command(format!("kubectl get pods -A --field-selector spec.nodeName={node}"));
    }
}
