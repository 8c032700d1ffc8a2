//! # StatefulSet's claims ask for a class that does not exist
//!
//! ## What it finds
//! A StatefulSet whose `volumeClaimTemplates` name a StorageClass that does not exist, while none of its
//! claims is waiting for it now.
//!
//! ## Why it matters
//! The claims that exist are bound and work. The next replica will ask for that class and wait for ever.
//!
//! ## When it stays silent
//! When a claim of the set is pending (that claim tells the story), for the empty class name (static
//! volumes), for class names that volumes carry without a StorageClass, for sets scaled to zero, and when
//! classes or volumes could not be read.
//!
//! ## What to do
//! Create the class again, or create the set again with one that exists (the field cannot be changed in
//! place).

use crate::{Findings, Rule, Severity, Source, storage};
use view::{Kind, Object, ObjectRef, PersistentVolumeClaim, StatefulSet, View};

/// The rule `statefulset/claim-class`.
pub static RULE: Rule = Rule {
    needs: &[Kind::StatefulSet, Kind::StorageClass, Kind::PersistentVolume, Kind::PersistentVolumeClaim],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for set in view.stateful_sets.iter().filter(|s| s.spec.replicas.unwrap_or(1) > 0) {
        for template in &set.spec.volume_claim_templates {
            let Some(class) = template.class().filter(|class| storage::is_missing(view, class)) else {
                continue;
            };
            if is_pending(view, set, template) {
                continue;
            }
            let volume = &template.metadata.name;
            let says =
                format!("asks in its claim template {volume} for StorageClass {class}, which does not exist");
            let finding = out.on(set.reference(), says);
            finding
                .brief(format!("claim template {volume} asks for it"))
                .field("spec.volumeClaimTemplates")
                .proof(Source::Spec, format!("volumeClaimTemplates {volume}: storageClassName {class}"))
                .because(ObjectRef::new("StorageClass", "", class.clone()))
                .fix(format!(
                    "create StorageClass {class}, or create StatefulSet {} again with one that exists",
                    set.metadata.name
                ));
        }
    }
}

fn is_pending(view: &View, set: &StatefulSet, template: &PersistentVolumeClaim) -> bool {
    let prefix = format!("{}-{}-", template.metadata.name, set.metadata.name);
    let claims = view.persistent_volume_claims.in_namespace(&set.metadata.namespace);
    claims.iter().any(|claim| claim.status.phase == "Pending" && claim.metadata.name.starts_with(&prefix))
}
