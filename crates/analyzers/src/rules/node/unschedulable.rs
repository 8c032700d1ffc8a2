//! # Node is cordoned and pods wait for it
//!
//! ## What it finds
//! A node that was cordoned (`kubectl cordon`, a drain) while pods are pending because of that.
//!
//! ## Why it matters
//! A cordoned node takes no new pods. A drain that was not followed by `uncordon` leaves the cluster short
//! of room without any other sign.
//!
//! ## When it stays silent
//! While no pod waits for the node: a cordon is something people do on purpose.
//!
//! ## What to do
//! Uncordon the node when its maintenance is over, or add another one.

use crate::scheduling::{nodes_behind, reasons};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, ObjectRef, Pod, View};

/// The rule `node/unschedulable`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node, Kind::Pod],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &["node/not-ready"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    if !view.nodes.iter().any(|node| node.spec.unschedulable) {
        return;
    }
    let waits = |pod: &Pod| pod.should_run() && pod.spec.node_name.is_empty();
    let pending: Vec<(ObjectRef, Vec<ObjectRef>)> = view
        .pods
        .iter()
        .filter(|pod| waits(pod))
        .map(|pod| (pod.reference(), cordoned_for(view, pod)))
        .filter(|(_, nodes)| !nodes.is_empty())
        .collect();
    for node in view.nodes.iter().filter(|node| node.spec.unschedulable) {
        let reference = node.reference();
        let waiting: Vec<&ObjectRef> =
            pending.iter().filter(|(_, nodes)| nodes.contains(&reference)).map(|(pod, _)| pod).collect();
        if waiting.is_empty() {
            continue;
        }
        let count = words::count(waiting.len(), "pod");
        let finding =
            out.on(reference, format!("is cordoned, and {count} cannot be scheduled because of it"));
        finding.brief("cordoned").field("spec.unschedulable").proof(Source::Spec, "spec.unschedulable: true");
        finding.proof(Source::Cluster, format!("waiting: {}", words::join_some(waiting, 3)));
        finding
            .fix(format!("uncordon node {} when its maintenance is over, or add a node", node.metadata.name));
        finding.command(format!("kubectl uncordon {}", node.metadata.name));
    }
}

/// The cordoned nodes that the scheduler names as a reason for a pending pod.
fn cordoned_for(view: &View, pod: &Pod) -> Vec<ObjectRef> {
    let said = view::condition(&pod.status.conditions, "PodScheduled").filter(|said| said.is_false());
    let Some(said) = said else { return Vec::new() };
    let cordons = reasons(&said.message).into_iter().filter(|reason| {
        reason.text.contains("were unschedulable") || reason.text.contains("node.kubernetes.io/unschedulable")
    });
    cordons.flat_map(|reason| nodes_behind(view, pod, reason.text)).collect()
}
