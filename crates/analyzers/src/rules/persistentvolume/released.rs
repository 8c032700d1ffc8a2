//! # Volume is kept after its claim
//!
//! ## What it finds
//! A PersistentVolume in phase Released: its claim was deleted and its policy Retain keeps it.
//!
//! ## Why it matters
//! It is bound to nobody and nobody can claim it, while the disk behind it still costs. That is what Retain
//! is for; it is worth knowing, not a fault.
//!
//! ## When it stays silent
//! It speaks only when the filter Storage is named. Volumes with the policy Delete pass through this phase
//! by themselves.
//!
//! ## What to do
//! Delete it when its data is not needed; to use it again, remove its `claimRef`.

use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `persistentvolume/released`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolume],
    severity: Severity::Info,
    since: "0.1.0",
    default: false,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for volume in view.persistent_volumes.iter() {
        let retained = volume.spec.persistent_volume_reclaim_policy != "Delete";
        if volume.status.phase != "Released" || !retained {
            continue;
        }
        let name = &volume.metadata.name;
        let claim =
            volume.spec.claim_ref.as_ref().map(|c| format!("{}/{}", c.namespace, c.name)).unwrap_or_default();
        let says = format!("is kept although its claim {claim} was deleted: its reclaim policy is Retain");
        let finding = out.on(volume.reference(), says);
        finding
            .brief("released")
            .field("spec.persistentVolumeReclaimPolicy")
            .proof(Source::Status, "phase: Released")
            .fix(format!("delete PersistentVolume {name} and its disk when the data is not needed"))
            .fix(format!("or free it: kubectl patch pv {name} --type json -p '[{{\"op\":\"remove\",\"path\":\"/spec/claimRef\"}}]'"));
    }
}
