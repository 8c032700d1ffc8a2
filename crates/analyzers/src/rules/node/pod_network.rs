//! # Node cannot set up the network of its pods
//!
//! ## What it finds
//! A node on which the sandbox or network of pods of several workloads cannot be set up, although the node
//! counts as ready: how many pods, and what the network plugin or the runtime says.
//!
//! ## Why it matters
//! Every pod that is scheduled there stays in ContainerCreating. The scheduler does not know and sends more.
//!
//! ## When it stays silent
//! For a single workload (`pod/start` tells that), for nodes that are not ready, for pods younger than a
//! minute, and when the pods have come further since.
//!
//! ## What to do
//! Look at the network plugin's pod and the container runtime on that node; cordon the node until it works.

use crate::containers::is_down;
use crate::messages::runtime_cause;
use crate::starting::{Fault, failures, is_held_up};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, Str, View};

/// The rule `node/pod-network`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node, Kind::Pod, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["node/not-ready", "node/pressure"],
    run,
};

#[derive(Default)]
struct Held {
    owners: BTreeSet<ObjectRef>,
    pods: usize,
    said: Str,
    plugins: BTreeSet<ObjectRef>,
}

fn run(view: &View, out: &mut Findings) {
    let mut held: BTreeMap<Str, Held> = BTreeMap::new();
    for pod in view.pods.iter().filter(|pod| is_held_up(view, pod)) {
        let sandbox = |reason: &str| matches!(reason, "FailedCreatePodSandBox" | "NetworkNotReady");
        if let Some(event) = failures(view, pod).find(|event| sandbox(&event.reason)) {
            let entry = held.entry(pod.spec.node_name.clone()).or_default();
            entry.owners.insert(view.top_owner(&pod.reference(), &pod.metadata));
            entry.pods += 1;
            entry.said = event.message.clone();
            entry.plugins.extend(Fault::of(view, pod, event).because.into_iter().filter(|o| o.kind == "Pod"));
        }
    }
    for (name, held) in held.into_iter().filter(|(_, held)| held.owners.len() > 1) {
        let Some(node) = view.nodes.get("", &name).filter(|node| !is_down(node)) else { continue };
        let says = format!(
            "is ready, but cannot start {} of {} workloads: {}",
            words::count(held.pods, "pod"),
            held.owners.len(),
            runtime_cause(&held.said)
        );
        let finding = out.on(node.reference(), says);
        finding.brief("no network for new pods").field("status.conditions").same("pod network");
        finding.proof(Source::Event, &held.said);
        finding.proof(Source::Cluster, format!("waiting: {}", words::join_some(&held.owners, 3)));
        finding.because_all(held.plugins);
        finding.fix(format!("repair the network plugin or the container runtime of node {name}: look at the plugin's pod there"));
        finding.command(format!("kubectl get pods -A -o wide --field-selector spec.nodeName={name}"));
        finding.command(format!("kubectl cordon {name}"));
    }
}
