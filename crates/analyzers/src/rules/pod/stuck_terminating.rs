//! # Pod does not go away
//!
//! ## What it finds
//! A pod that should have been gone five minutes ago: its grace period is over, yet a finalizer holds it, its
//! node does not answer, or its containers do not end.
//!
//! ## Why it matters
//! A StatefulSet starts no replacement until the old pod is gone; volumes stay attached; a namespace cannot
//! be deleted.
//!
//! ## When it stays silent
//! Within the grace period and five minutes more.
//!
//! ## What to do
//! Repair the controller that should remove the finalizer, or bring the node back. Force deletion only if
//! you know that the containers no longer run: two pods could write to one volume.

use crate::containers::{describe, node_down, node_ref};
use crate::finalizers::{keeper, removal};
use crate::runners::unready_controllers;
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Lookup, Node, Object, View};

/// The rule `pod/stuck-terminating`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Node],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Time (seconds) beyond the grace period, which the deletion timestamp already holds.
const LATE_SECONDS: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter() {
        let Some(due) = pod.metadata.deletion_timestamp else { continue };
        let late = view.now.seconds_since(due);
        if late < LATE_SECONDS {
            continue;
        }
        let node = pod.spec.node_name.as_str();
        let gone = !node.is_empty() && matches!(view.lookup::<Node>("", node), Lookup::Missing);
        let finalizers = words::join_some(pod.metadata.finalizers.iter().map(|f| &**f), 4);
        let lost = gone || node_down(view, pod).is_some();
        let (cause, fix) = if lost {
            let state = if gone { "does not exist" } else { "is not ready" };
            (
                format!("its node {node} {state}, so that nobody confirms the end"),
                format!("bring node {node} back, or delete it if it is gone for good"),
            )
        } else if !finalizers.is_empty() {
            (
                format!("finalizer {finalizers} holds it"),
                format!(
                    "repair the controller that removes {finalizers}; as a last resort take it away by hand"
                ),
            )
        } else {
            (
                format!("its containers on node {node} do not end"),
                format!("look at the kubelet and the container runtime of node {node}"),
            )
        };
        let finding = out.on(pod.reference(), format!("is still terminating: {cause}"));
        finding.brief("stuck terminating").field("metadata.finalizers");
        finding.proof(Source::Status, format!("should have been gone {} ago, at {due}", words::age(late)));
        if let Some(first) = pod.metadata.finalizers.first() {
            finding.proof(Source::Spec, format!("metadata.finalizers: {finalizers}"));
            finding.proof(Source::Cluster, keeper(first));
            finding.because_all(unready_controllers(view, first).into_iter().map(|runner| runner.object));
            finding.command(removal(&pod.reference(), &pod.metadata, first));
        }
        if lost {
            finding.because(node_ref(node));
        }
        finding.fix(fix).command(describe(pod));
    }
}
