//! # Node is not ready
//!
//! ## What it finds
//! A node whose `Ready` condition is `False` (its kubelet says so) or `Unknown` (its kubelet says nothing
//! any more), and how many pods are on it.
//!
//! ## Why it matters
//! Its pods get no traffic, no new ones start, and after about five minutes those that can go elsewhere are
//! started elsewhere.
//!
//! ## When it stays silent
//! For nodes that are ready, however old their last heartbeat, and for nodes that joined within the last
//! two minutes.
//!
//! ## What to do
//! `Unknown`: look at the machine, its network and its kubelet. `False`: the message names what the kubelet
//! lacks, often the network plugin or the container runtime.

use crate::containers::{is_down, is_joining};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::HashMap;
use view::{Kind, Node, Object, View};

/// The rule `node/not-ready`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node, Kind::Pod],
    severity: Severity::Critical,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut pods_on: HashMap<&str, usize> = HashMap::new();
    if view.nodes.iter().any(|node| is_down(node)) {
        for pod in view.pods.iter().filter(|pod| !pod.is_finished()) {
            *pods_on.entry(&pod.spec.node_name).or_default() += 1;
        }
    }
    for node in view.nodes.iter().filter(|node| is_down(node)) {
        if !is_joining(view, node) {
            report(view, node, pods_on.get(&*node.metadata.name).copied().unwrap_or(0), out);
        }
    }
}

fn report(view: &View, node: &Node, pods: usize, out: &mut Findings) {
    let name = &node.metadata.name;
    let Some(ready) = view::condition(&node.status.conditions, "Ready") else { return };
    let silent = ready.status == "Unknown";
    let cause = if silent { "its kubelet no longer answers".to_owned() } else { ready.message.to_string() };
    let finding = out.on(node.reference(), format!("is not ready: {cause}"));
    finding.brief("not ready").field("status.conditions").because_all(crate::eks::behind(view, node));
    finding.proof(Source::Status, format!("Ready={}: {}: {}", ready.status, ready.reason, ready.message));
    if let Some(since) = ready.last_transition_time {
        finding
            .proof(Source::Status, format!("since {since} ({})", words::age(view.now.seconds_since(since))));
    }
    if let Some(heartbeat) = ready.last_heartbeat_time.filter(|_| silent) {
        finding.proof(Source::Status, format!("last heartbeat at {heartbeat}"));
    }
    let pods = if pods == 0 { "no pods".to_owned() } else { words::count(pods, "pod") };
    finding.proof(Source::Cluster, format!("{pods} on it"));
    finding.fix(match (silent, cause.to_lowercase()) {
        (true, _) => {
            format!("check that machine {name} is up and reaches the API server, and restart its kubelet")
        }
        (_, c) if c.contains("network") || c.contains("cni") => {
            format!("repair the network plugin (CNI) on node {name}: look at its DaemonSet's pod there")
        }
        (_, c) if c.contains("runtime") || c.contains("pleg") => {
            format!("restart the container runtime of node {name}")
        }
        _ => format!("correct what the kubelet of node {name} reports"),
    });
    finding.command(format!("kubectl describe node {name}"));
}
