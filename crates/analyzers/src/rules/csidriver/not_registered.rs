//! # CSI driver is not registered on a node
//!
//! ## What it finds
//! A CSI driver that pods need for their volumes and that the kubelet of their node does not know: whether
//! the driver exists in the cluster at all, and which of its pods on that node is not ready.
//!
//! ## Why it matters
//! No volume of this driver can be mounted on that node: its pods stay in ContainerCreating.
//!
//! ## When it stays silent
//! For pods that have started, for pods younger than a minute, on nodes that have just joined, and for
//! messages older than a quarter of an hour.
//!
//! ## What to do
//! Install the driver, or bring its node plugin (a DaemonSet) back on that node: taints that it does not
//! tolerate are the usual reason for its absence.

use crate::containers::node_ref;
use crate::messages::unregistered_driver;
use crate::starting::{failures, is_held_up};
use crate::{Findings, Rule, Severity, Source, runners, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{CSIDriver, Kind, Lookup, Object, ObjectRef, Str, View};

/// The rule `csidriver/not-registered`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event, Kind::CSIDriver],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

#[derive(Default)]
struct Missed {
    nodes: BTreeSet<Str>,
    pods: BTreeSet<ObjectRef>,
    said: Str,
}

fn run(view: &View, out: &mut Findings) {
    let mut missed: BTreeMap<String, Missed> = BTreeMap::new();
    for pod in view.pods.iter().filter(|pod| is_held_up(view, pod)) {
        for event in failures(view, pod) {
            if let Some(driver) = unregistered_driver(&event.message) {
                let entry = missed.entry(driver.to_owned()).or_default();
                entry.nodes.insert(pod.spec.node_name.clone());
                entry.pods.insert(pod.reference());
                entry.said = event.message.clone();
            }
        }
    }
    for (driver, missed) in missed {
        report(view, &driver, &missed, out);
    }
}

fn report(view: &View, driver: &str, missed: &Missed, out: &mut Findings) {
    let nodes = words::join_some(&missed.nodes, 3);
    let (noun, count) = (if missed.nodes.len() == 1 { "node" } else { "nodes" }, missed.pods.len());
    let wait = if count == 1 { "1 pod waits".to_owned() } else { format!("{count} pods wait") };
    let absent = matches!(view.lookup::<CSIDriver>("", driver), Lookup::Missing);
    let says = match absent {
        true => format!("does not exist, {wait} for its volumes on {noun} {nodes}"),
        false => format!("is not registered on {noun} {nodes}, where {wait} for its volumes"),
    };
    let finding = out.on(ObjectRef::new(Kind::CSIDriver.name(), "", driver), says);
    finding.brief(if absent { "does not exist" } else { "not registered on the node" });
    finding.field("spec.volumes").proof(Source::Event, &missed.said);
    let names = words::join_some(view.csi_drivers.iter().map(|d| d.metadata.name.as_str()), 6);
    match names.is_empty() {
        false => finding.proof(Source::Cluster, format!("drivers here: {names}")),
        true if absent => finding.proof(Source::Cluster, "no CSIDriver is here"),
        true => finding,
    };
    for node in &missed.nodes {
        for plugin in runners::unready_plugins(view, driver, node) {
            let state = crate::readiness::state(plugin);
            finding.proof(Source::Cluster, format!("{} on node {node}: {state}", plugin.reference()));
            finding.because(plugin.reference());
        }
    }
    for runner in runners::unready_drivers(view, driver).into_iter().take(2) {
        finding.proof(Source::Cluster, runner.in_words()).because(runner.object);
    }
    finding.because_all(missed.nodes.iter().map(|node| node_ref(node)));
    finding.fix(match absent {
        true => format!("install the CSI driver {driver}, or use volumes of a driver that is here"),
        false => format!("bring the node plugin of driver {driver} up on {noun} {nodes}: its DaemonSet must tolerate the taints there"),
    });
    finding.command("kubectl get csidrivers,csinodes").command("kubectl get pods -A -o wide | grep csi");
}
