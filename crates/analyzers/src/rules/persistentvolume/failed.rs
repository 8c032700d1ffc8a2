//! # Volume is not reclaimed
//!
//! ## What it finds
//! A PersistentVolume in phase Failed, or one that is Released with the policy Delete while deleting its
//! disk fails (`VolumeFailedDelete`): its claim is gone and the disk behind it is not.
//!
//! ## Why it matters
//! The disk still exists and costs, and perhaps holds data that should be gone.
//!
//! ## When it stays silent
//! For volumes in any other phase, for volumes that are kept on purpose (Retain), and in the minutes that a
//! provisioner may take, unless it reports a failure.
//!
//! ## What to do
//! Read the message, repair what it names, or delete disk and PersistentVolume by hand.

use crate::containers::is_recent;
use crate::messages::runtime_cause;
use crate::{Findings, Rule, Severity, Source, storage, words};
use view::{Kind, Object, PersistentVolume, View};

/// The rule `persistentvolume/failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolume, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds that deleting a disk may take: a cloud detaches it first.
const DELETING: i64 = 900;

fn run(view: &View, out: &mut Findings) {
    for volume in view.persistent_volumes.iter() {
        let failure = view.events_of("PersistentVolume", &volume.metadata).find(|e| {
            e.is_warning() && !e.message.is_empty() && is_recent(view, e, crate::containers::EVENT_SECONDS)
        });
        let said = failure.map(|event| event.message.as_str()).unwrap_or_default();
        let deletes = volume.spec.persistent_volume_reclaim_policy == "Delete";
        match volume.status.phase.as_str() {
            "Failed" => {
                let own = volume.status.message.as_str();
                report(view, volume, "has failed", if own.is_empty() { said } else { own }, out);
            }
            "Released" if deletes && failure.is_some_and(|e| e.reason == "VolumeFailedDelete") => {
                report(view, volume, "cannot be deleted", said, out);
            }
            "Released" if deletes && overdue(view, volume) => {
                let provisioner = provisioner(volume);
                let why = format!("its provisioner{provisioner} does not delete its disk");
                report(view, volume, "was released and is still there", &why, out);
            }
            _ => {}
        }
    }
}

/// It was released long enough ago for any provisioner.
fn overdue(view: &View, volume: &PersistentVolume) -> bool {
    let since = volume.status.last_phase_transition_time;
    since.is_some_and(|at| view.now.seconds_since(at) >= DELETING)
}

/// Who made it, with a blank before; empty when it was made by hand.
fn provisioner(volume: &PersistentVolume) -> String {
    let name = volume.metadata.annotations.get("pv.kubernetes.io/provisioned-by");
    name.map(|name| format!(" {name}")).unwrap_or_default()
}

fn report(view: &View, volume: &PersistentVolume, state: &str, why: &str, out: &mut Findings) {
    let (status, name) = (&volume.status, &volume.metadata.name);
    let because = if why.is_empty() { String::new() } else { format!(": {}", runtime_cause(why)) };
    let finding = out.on(volume.reference(), format!("{state}{because}"));
    finding.brief(state).field("status.phase");
    finding.proof(Source::Status, why);
    let since = status.last_phase_transition_time;
    let since =
        since.map(|at| format!(" for {}", words::age(view.now.seconds_since(at)))).unwrap_or_default();
    finding.proof(Source::Status, format!("phase {}{since} {}", status.phase, status.reason));
    finding.proof(
        Source::Spec,
        format!("persistentVolumeReclaimPolicy: {}", volume.spec.persistent_volume_reclaim_policy),
    );
    if let Some(claim) = &volume.spec.claim_ref {
        finding.proof(Source::Spec, format!("claimRef: {}/{}", claim.namespace, claim.name));
    }
    let still =
        storage::attachments(view, name).map(|a| format!("{} on node {}", a.metadata.name, a.spec.node_name));
    let still = words::join_some(still, 3);
    if !still.is_empty() {
        finding.proof(Source::Cluster, format!("still attached: {still}"));
    }
    finding
        .because_all(storage::attachments(view, name).map(|attachment| attachment.reference()))
        .fix(format!("repair what the message names, or delete the disk and PersistentVolume {name} by hand"))
        .command(format!("kubectl describe persistentvolume {name}"));
}
