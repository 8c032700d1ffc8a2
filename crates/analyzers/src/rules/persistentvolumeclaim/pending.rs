//! # Claim waits for a volume that will not come
//!
//! ## What it finds
//! A pending claim that asks for a StorageClass that does not exist, that names no class where none is the
//! default, for which no volume made by hand fits, or whose provisioner does not answer.
//!
//! ## Why it matters
//! Pods that use the claim are not scheduled or do not start.
//!
//! ## When it stays silent
//! For claims that wait for their first consumer (WaitForFirstConsumer) and have none, in the minutes that a
//! provisioner may take, where `persistentvolumeclaim/provisioning-failed` has the provisioner's own words,
//! and when classes or volumes could not be read.
//!
//! ## What to do
//! Name a class that exists, provide a volume that fits, or bring the provisioner back.

use crate::{Findings, Rule, Severity, Source, claims, storage, words};
use view::{Kind, Object, ObjectRef, PersistentVolume, PersistentVolumeClaim, StorageClass, View};

/// The rule `persistentvolumeclaim/pending`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::PersistentVolumeClaim,
        Kind::StorageClass,
        Kind::PersistentVolume,
        Kind::Pod,
        Kind::Event,
        Kind::StatefulSet,
        Kind::Deployment,
        Kind::CSIDriver,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["persistentvolumeclaim/provisioning-failed"],
    run,
};

/// Seconds in which the controller binds what can be bound.
const BINDING: i64 = 60;

fn run(view: &View, out: &mut Findings) {
    let pending = view.persistent_volume_claims.iter().filter(|c| c.status.phase == "Pending");
    for claim in pending.filter(|c| c.metadata.deletion_timestamp.is_none()) {
        let age = claim.metadata.creation_timestamp.map_or(i64::MAX, |at| view.now.seconds_since(at));
        let has = |reason: &str| {
            view.events_of("PersistentVolumeClaim", &claim.metadata).any(|e| e.reason == reason)
        };
        match claim.class() {
            Some(class) if storage::is_missing(view, class) => class_missing(view, claim, class, out),
            _ if age < BINDING => {}
            Some(class) if storage::is_static(view, class) => without_volume(view, claim, class, out),
            _ if has("ProvisioningFailed") => {}
            Some(_) => {
                if let Some(asked) = claims::unanswered(view, claim) {
                    unanswered(claim, &asked, out);
                }
            }
            None => without_class(view, claim, out),
        }
    }
}

fn class_missing(view: &View, claim: &PersistentVolumeClaim, class: &str, out: &mut Findings) {
    let finding = out.on(claim.reference(), format!("asks for StorageClass {class}, which does not exist"));
    finding
        .brief("asks for it")
        .field("spec.storageClassName")
        .proof(Source::Spec, format!("storageClassName: {class}"))
        .proof(Source::Cluster, format!("classes here: {}", storage::classes(view)))
        .because(ObjectRef::new("StorageClass", "", class))
        .fix(format!(
            "create StorageClass {class}, or create claim {} again with one that exists",
            claim.reference().path()
        ));
    if let Some(event) = view.events_of("PersistentVolumeClaim", &claim.metadata).find(|e| e.is_warning()) {
        finding.proof(Source::Event, &event.message);
    }
}

fn without_class(view: &View, claim: &PersistentVolumeClaim, out: &mut Findings) {
    let default = view.storage_classes.iter().any(|class| class.is_default());
    if default || !view.proves_absence::<StorageClass>("") || !claim.spec.volume_name.is_empty() {
        return;
    }
    let finding = out.on(claim.reference(), "names no StorageClass, and no class is the default");
    finding
        .brief("names no class")
        .field("spec.storageClassName")
        .proof(Source::Cluster, format!("classes here: {}", storage::classes(view)))
        .fix(format!(
            "create claim {} again with a storageClassName, or mark a class as the default",
            claim.reference().path()
        ));
}

/// Static provisioning: a volume has to fit.
fn without_volume(view: &View, claim: &PersistentVolumeClaim, class: &str, out: &mut Findings) {
    let unused = claims::waits_for_consumer(view, class) && !claims::consumer_found_no_volume(view, claim);
    if unused || !view.proves_absence::<PersistentVolume>("") || claims::fits_any(view, claim) {
        return;
    }
    let wanted = &claim.spec.volume_name;
    let asked = claims::asked_for(claim);
    let says = match wanted.is_empty() {
        true => format!("finds no PersistentVolume that fits: it asks for {asked}"),
        false => format!("asks for PersistentVolume {wanted}, which {}", claims::why_not_named(view, claim)),
    };
    let finding = out.on(claim.reference(), says);
    finding.brief("no volume fits").field("spec").proof(Source::Spec, format!("asks for {asked}"));
    let there = words::join_some(claims::why_none(view, claim), 5);
    finding.proof(Source::Cluster, if there.is_empty() { "there are no volumes".to_owned() } else { there });
    let name = if wanted.is_empty() {
        "a PersistentVolume".to_owned()
    } else {
        format!("PersistentVolume {wanted}")
    };
    let kept = claims::kept_ones(view, claim);
    if let Some(volume) = kept.first() {
        let (volume, path) = (&volume.metadata.name, claim.reference().path());
        finding.fix(format!(
            "PersistentVolume {volume} would fit but is kept for a claim that was deleted: free it for {path} if its data may be reused"
        ));
        finding.command(format!(
            "kubectl patch pv {volume} --type json -p '[{{\"op\":\"remove\",\"path\":\"/spec/claimRef\"}}]'"
        ));
    }
    finding.fix(format!("create {name} for claim {} with {asked}", claim.reference().path()));
}

/// Dynamic provisioning: somebody has to answer.
fn unanswered(claim: &PersistentVolumeClaim, asked: &claims::Unanswered<'_>, out: &mut Findings) {
    let (class, provisioner) = (&asked.class.metadata.name, &asked.class.provisioner);
    let waited = words::age(asked.waited);
    let says = format!("has waited {waited} for provisioner {provisioner}, which does not answer");
    let finding = out.on(claim.reference(), says);
    finding.brief("provisioner does not answer").field("spec.storageClassName").same(provisioner.as_str());
    finding.proof(Source::Spec, format!("storageClassName: {class}, provisioner {provisioner}"));
    if let Some(event) = asked.event {
        finding.proof(Source::Event, &event.message);
    }
    finding
        .because(asked.class.reference())
        .fix(format!(
            "bring the controller of provisioner {provisioner} back (its pods, its leader, its permissions)"
        ))
        .command("kubectl get csidrivers,pods -A");
}
