//! # Volume has failed
//!
//! ## What it finds
//! A PersistentVolume in phase Failed: its claim is gone, and reclaiming it (deleting the disk behind it)
//! did not succeed.
//!
//! ## Why it matters
//! The disk still exists and costs, and perhaps holds data that should be gone.
//!
//! ## When it stays silent
//! For volumes in any other phase.
//!
//! ## What to do
//! Read the message, repair what it names, or delete disk and PersistentVolume by hand.

use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `persistentvolume/failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolume, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for volume in view.persistent_volumes.iter().filter(|v| v.status.phase == "Failed") {
        let (status, name) = (&volume.status, &volume.metadata.name);
        let event = view.events_of("PersistentVolume", &volume.metadata).find(|e| e.is_warning());
        let why = match (status.message.is_empty(), event) {
            (false, _) => format!(": {}", status.message),
            (true, Some(event)) => format!(": {}", event.message),
            (true, None) => String::new(),
        };
        let policy = &volume.spec.persistent_volume_reclaim_policy;
        let finding = out.on(volume.reference(), format!("has failed{why}"));
        finding
            .brief("failed")
            .field("status.phase")
            .proof(Source::Status, format!("phase Failed {}", status.reason))
            .proof(Source::Spec, format!("persistentVolumeReclaimPolicy: {policy}"))
            .fix(format!(
                "repair what the message names, or delete the disk and PersistentVolume {name} by hand"
            ))
            .command(format!("kubectl describe persistentvolume {name}"));
    }
}
