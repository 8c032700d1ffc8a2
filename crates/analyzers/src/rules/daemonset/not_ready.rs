//! # DaemonSet is not ready on every node
//!
//! ## What it finds
//! A DaemonSet with fewer ready pods than nodes it should run on, whose unready pods had their time.
//!
//! ## Why it matters
//! What it does for a node (network, storage, logs, metrics) is missing there; with network or storage
//! agents, other pods of the node fail too.
//!
//! ## When it stays silent
//! While pods are within the time their probes give them, during the steps of a rollout, while the
//! controller has not seen the newest change, for sets that no node matches, and for sets being deleted.
//!
//! ## What to do
//! Repair the pods, or the nodes, that are named.

use crate::{Findings, Rule, Severity, Source, readiness, words};
use std::collections::BTreeSet;
use std::sync::Arc;
use view::{DaemonSet, Kind, Object, Pod, View};

/// The rule `daemonset/not-ready`.
pub static RULE: Rule = Rule {
    needs: &[Kind::DaemonSet, Kind::Pod, Kind::Event, Kind::Node],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["daemonset/create-failed"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for set in view.daemon_sets.iter() {
        let status = &set.status;
        let seen = status.observed_generation >= set.metadata.generation;
        let lacks = status.number_ready < status.desired_number_scheduled;
        if !seen || !lacks || set.metadata.deletion_timestamp.is_some() {
            continue;
        }
        let stuck = readiness::stuck(view, view.pods_of(&set.metadata.uid));
        if !stuck.is_empty() {
            report(set, &stuck, out);
        }
    }
}

fn report(set: &DaemonSet, stuck: &[&Arc<Pod>], out: &mut Findings) {
    let (ready, desired) = (set.status.number_ready, set.status.desired_number_scheduled);
    let says = format!("is ready on {ready} of {desired} nodes: {}", readiness::states(stuck));
    let finding = out.on(set.reference(), says);
    finding
        .brief(format!("ready on {ready}/{desired} nodes"))
        .field("status.numberReady")
        .because_all(readiness::references(stuck));
    if ready > 0 {
        finding.severity(Severity::Warning);
    }
    let nodes: BTreeSet<&str> =
        stuck.iter().map(|pod| pod.spec.node_name.as_str()).filter(|n| !n.is_empty()).collect();
    if !nodes.is_empty() {
        finding.proof(Source::Status, format!("not ready on {}", words::join_some(nodes, 5)));
    }
    let (namespace, name) = (&set.metadata.namespace, &set.metadata.name);
    if let Some(pod) = stuck.first() {
        finding.fix(format!("repair Pod {namespace}/{} ({})", pod.metadata.name, readiness::state(pod)));
    }
    finding.command(format!("kubectl -n {namespace} rollout status daemonset {name} --timeout=10s"));
}
