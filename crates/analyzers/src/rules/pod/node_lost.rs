//! # Pod is on a node that does not answer
//!
//! ## What it finds
//! A pod whose node is not ready: what its status says is what the kubelet last knew, and whether its
//! containers run nobody can tell.
//!
//! ## Why it matters
//! The pod gets no traffic from its Services. After about five minutes its controller starts another one
//! elsewhere, except for DaemonSets, StatefulSets and pods without a controller.
//!
//! ## When it stays silent
//! For pods that ended, for nodes that were not read, and for nodes that are ready, however old their
//! last heartbeat.
//!
//! ## What to do
//! Bring the node back (`node/not-ready` says what it reports), or delete the Node object if the machine is
//! gone for good.

use crate::containers::{node_down, node_ref};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `pod/node-lost`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Node],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| !pod.is_finished()) {
        let node = &pod.spec.node_name;
        let down = node_down(view, pod);
        let lost = pod.status.reason == "NodeLost" || pod.status.phase == "Unknown";
        if down.is_none() && !lost {
            continue;
        }
        let state = if down.is_some() { "which is not ready" } else { "which is lost" };
        let finding = out.on(pod.reference(), format!("is on node {node}, {state}"));
        finding.brief("on a node that is not ready").same(node.to_string()).because(node_ref(node));
        if let Some(ready) = view::condition(&pod.status.conditions, "Ready")
            .filter(|ready| !ready.is_true() && !ready.reason.is_empty())
        {
            finding
                .proof(Source::Status, format!("Ready={}: {} {}", ready.status, ready.reason, ready.message));
        }
        if lost {
            finding.proof(Source::Status, format!("phase {} {}", pod.status.phase, pod.status.reason));
        }
        finding.fix(format!("bring node {node} back, or delete it if it is gone for good"));
        finding.command(format!("kubectl describe node {node}"));
    }
}
