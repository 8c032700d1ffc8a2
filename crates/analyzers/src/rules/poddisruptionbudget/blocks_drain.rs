//! # Budget holds up the drain of a node
//!
//! ## What it finds
//! A PodDisruptionBudget that leaves no room (`maxUnavailable: 0`, a `minAvailable` as high as the number of
//! pods), and a node that has been cordoned for ten minutes or longer and on which nothing but such pods is left.
//!
//! ## Why it matters
//! The drain waits for ever: the upgrade or repair of the node does not go on.
//!
//! ## When it stays silent
//! Where other pods are still on the node (it is cordoned, not drained), in the first ten minutes, and for
//! budgets that will allow an eviction once a replacement is ready.
//!
//! ## What to do
//! Allow one pod to be away for the drain, run one replica more, or delete the pod by hand if that is safe.

use crate::budgets::{covered, demand, is_current, leaves_no_room};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Node, Object, ObjectRef, Pod, PodDisruptionBudget, View};

/// The rule `poddisruptionbudget/blocks-drain`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PodDisruptionBudget, Kind::Pod, Kind::Node],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &["poddisruptionbudget/blocked", "poddisruptionbudget/cannot-compute"],
    run,
};

/// Seconds that a drain may take.
const DRAINING: i64 = 600;

fn run(view: &View, out: &mut Findings) {
    let drained: Vec<&Node> =
        view.nodes.iter().map(|node| &**node).filter(|node| is_old_cordon(view, node)).collect();
    if drained.is_empty() {
        return;
    }
    let mut held: BTreeMap<ObjectRef, (&PodDisruptionBudget, Vec<&Pod>)> = BTreeMap::new();
    for budget in view.pod_disruption_budgets.iter().filter(|budget| is_current(budget)) {
        let pods = covered(view, budget);
        if leaves_no_room(budget, &pods) {
            held.insert(budget.reference(), (budget, pods.into_iter().map(|pod| &**pod).collect()));
        }
    }
    for (object, (budget, pods)) in &held {
        let kept: BTreeSet<ObjectRef> =
            held.values().flat_map(|(_, pods)| pods).map(|pod| pod.reference()).collect();
        let on = |node: &Node| pods.iter().filter(|pod| pod.spec.node_name == node.metadata.name).count() > 0;
        let stuck: Vec<&&Node> =
            drained.iter().filter(|node| on(node) && nothing_else(view, node, &kept)).collect();
        let Some(first) = stuck.first() else { continue };
        let names = words::join_some(stuck.iter().map(|node| node.reference()), 3);
        let left =
            pods.iter().filter(|pod| stuck.iter().any(|node| pod.spec.node_name == node.metadata.name));
        let left = words::join_some(left.map(|pod| pod.reference()), 3);
        let demand = demand(budget);
        let finding = out.on(
            object.clone(),
            format!("holds up the drain of {names}: {demand} lets no pod go, and {left} is left there"),
        );
        finding
            .brief("holds up a drain")
            .field("spec")
            .proof(Source::Spec, &demand)
            .proof(Source::Spec, format!("{}: unschedulable: true", first.reference()));
        let (namespace, name) = (&object.namespace, &object.name);
        finding.fix(format!(
            "set maxUnavailable: 1 in PodDisruptionBudget {namespace}/{name}, or run one replica more"
        ));
        finding.fix(format!("or delete {left} by hand if it may be away for a moment"));
        finding.command(format!("kubectl -n {namespace} describe pdb {name}"));
    }
}

/// Cordoned for long, by the taint that says so.
fn is_old_cordon(view: &View, node: &Node) -> bool {
    let taint = node.spec.taints.iter().find(|taint| taint.key == "node.kubernetes.io/unschedulable");
    let since = taint.and_then(|taint| taint.time_added);
    node.spec.unschedulable && since.is_some_and(|at| view.now.seconds_since(at) > DRAINING)
}

/// Nothing but these pods is left on a node, besides what a drain leaves there.
fn nothing_else(view: &View, node: &Node, kept: &BTreeSet<ObjectRef>) -> bool {
    let stays = |pod: &Pod| {
        let mirror = pod.metadata.annotations.get("kubernetes.io/config.mirror").is_some();
        mirror
            || view
                .owner_of(&pod.metadata)
                .is_some_and(|owner| owner.kind == "DaemonSet" || owner.kind == "Node")
    };
    let on_node = view.pods.iter().filter(|pod| pod.spec.node_name == node.metadata.name && pod.should_run());
    view.coverage.is_whole(Kind::Pod)
        && on_node.filter(|pod| !stays(pod)).all(|pod| kept.contains(&pod.reference()))
}
