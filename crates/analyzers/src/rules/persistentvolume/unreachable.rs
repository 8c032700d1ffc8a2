//! # Volume belongs to a node that is gone
//!
//! ## What it finds
//! A bound PersistentVolume that only one node can reach (a local disk), while that node does not exist or
//! is not ready; or a volume whose zone has no node while a pod waits for it. The volume's node affinity
//! stands beside what the nodes carry.
//!
//! ## Why it matters
//! A pod that uses the claim can be scheduled nowhere else. The data is on that machine and nowhere else.
//!
//! ## When it stays silent
//! For volumes that are bound to nobody, for volumes without node affinity, when nodes could not be listed
//! wholly, and, where the affinity names a zone, as long as no pod waits for it.
//!
//! ## What to do
//! Bring the node back under its old name. If its disk is lost, delete claim and volume, and restore the
//! data from a backup or a replica.

use crate::containers::{is_down, node_ref};
use crate::{Findings, Rule, Severity, Source, storage, words};
use view::{Kind, Node, Object, ObjectRef, PersistentVolume, Pod, View};

/// The rule `persistentvolume/unreachable`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolume, Kind::PersistentVolumeClaim, Kind::Node, Kind::Pod],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let bound = |volume: &PersistentVolume| {
        volume.status.phase == "Bound" && !volume.spec.node_affinity.required.node_selector_terms.is_empty()
    };
    if !view.proves_absence::<Node>("") {
        return;
    }
    for volume in view.persistent_volumes.iter().filter(|volume| bound(volume)) {
        let affinity = &volume.spec.node_affinity.required;
        let reaches = |node: &Node| affinity.selects(&node.metadata.name, &node.metadata.labels);
        if view.nodes.iter().any(|node| !is_down(node) && reaches(node)) {
            continue;
        }
        let nodes = storage::reachable_from(view, volume);
        let Some(claim) = &volume.spec.claim_ref else { continue };
        let claim = ObjectRef::new("PersistentVolumeClaim", claim.namespace.clone(), claim.name.clone());
        let waits = |pod: &Pod| pod.should_run() && pod.spec.node_name.is_empty();
        let users = storage::users_of(view, &claim).into_iter();
        let waiting: Vec<ObjectRef> = users.filter(|pod| waits(pod)).map(|pod| pod.reference()).collect();
        // A zone may be without nodes while nobody needs one; a machine does not come back under a new name.
        if !waiting.is_empty() || (nodes.is_empty() && !storage::home_nodes(volume).is_empty()) {
            report(view, volume, &nodes, &claim, &waiting, out);
        }
    }
}

fn report(
    view: &View,
    volume: &PersistentVolume,
    nodes: &[&std::sync::Arc<Node>],
    claim: &ObjectRef,
    waiting: &[ObjectRef],
    out: &mut Findings,
) {
    let affinity = volume.spec.node_affinity.required.to_string();
    let homes = storage::home_nodes(volume);
    let place = match homes.is_empty() {
        true => format!("nodes with {affinity}"),
        false => format!("node {}", words::join_some(&homes, 3)),
    };
    let state = match (nodes.is_empty(), homes.is_empty()) {
        (false, _) => "which is not ready",
        (true, true) => "and there is none",
        (true, false) => "which does not exist",
    };
    let finding = out.on(volume.reference(), format!("can be reached only from {place}, {state}"));
    finding
        .brief(if nodes.is_empty() { "its node is gone" } else { "its node is not ready" })
        .field("spec.nodeAffinity");
    finding.proof(Source::Spec, format!("nodeAffinity: {affinity}"));
    finding.proof(Source::Cluster, storage::offered_instead(view, volume));
    finding.proof(Source::Spec, format!("claimRef: {}", claim.path()));
    if waiting.is_empty() {
        finding.severity(Severity::Warning);
    } else {
        finding.proof(Source::Cluster, format!("waiting: {}", words::join_some(waiting, 3)));
    }
    finding.because_all(nodes.iter().map(|node| node.reference()));
    finding.because_all(homes.iter().map(|name| node_ref(name)));
    finding.fix(format!("bring {place} back: the data of claim {} is there", claim.path()));
    if !homes.is_empty() {
        let name = &volume.metadata.name;
        finding.fix(format!(
            "if the disk is lost, delete claim {} and PersistentVolume {name}, and restore the data from a backup",
            claim.path()
        ));
    }
    finding
        .command(format!("kubectl get pv {} -o yaml", volume.metadata.name))
        .command("kubectl get nodes -L kubernetes.io/hostname");
}
