//! # Claim has lost its volume
//!
//! ## What it finds
//! A claim in phase Lost: the PersistentVolume that it was bound to does not exist any more.
//!
//! ## Why it matters
//! Its data is not reachable, and no other volume will ever be bound to this claim.
//!
//! ## When it stays silent
//! For claims that are being deleted.
//!
//! ## What to do
//! If the disk behind it still exists, create the PersistentVolume again with a `claimRef` to this claim;
//! otherwise create the claim again and restore the data from a backup.

use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, PersistentVolume, View};

/// The rule `persistentvolumeclaim/lost`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolumeClaim, Kind::PersistentVolume, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for claim in view.persistent_volume_claims.iter() {
        if claim.status.phase != "Lost" || claim.metadata.deletion_timestamp.is_some() {
            continue;
        }
        let volume = &claim.spec.volume_name;
        let says = match view.lookup::<PersistentVolume>("", volume) {
            view::Lookup::Missing => {
                format!("lost its volume: PersistentVolume {volume} does not exist any more")
            }
            _ => format!("lost its volume {volume}"),
        };
        let finding = out.on(claim.reference(), says);
        finding.brief("lost its volume").field("spec.volumeName").proof(Source::Status, "phase: Lost");
        if let Some(event) = view.events_of("PersistentVolumeClaim", &claim.metadata).find(|e| e.is_warning())
        {
            finding.proof(Source::Event, &event.message);
        }
        let path = claim.reference().path();
        finding
            .fix(format!(
                "create PersistentVolume {volume} again over the same disk, with a claimRef to {path}"
            ))
            .fix(format!("or create claim {path} again and restore its data"));
    }
}
