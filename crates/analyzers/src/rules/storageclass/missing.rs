//! # StorageClass does not exist
//!
//! ## What it finds
//! A StorageClass that does not exist and that claims wait for, or that the claim templates of StatefulSets
//! name.
//!
//! ## Why it matters
//! Nobody makes volumes for these claims: they stay Pending, and so do the pods that use them.
//!
//! ## When it stays silent
//! For claims that are bound, for the empty class name and for class names that volumes carry without a
//! StorageClass (static provisioning), and when classes or volumes could not be read.
//!
//! ## What to do
//! Create the class, or name one that exists. The class of a claim cannot be changed in place: the claim
//! has to be created again.

use crate::{Findings, Rule, Severity, Source, storage, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, Str, View};

/// The rule `storageclass/missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::StorageClass, Kind::PersistentVolumeClaim, Kind::PersistentVolume, Kind::StatefulSet],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

#[derive(Default)]
struct Need {
    claims: BTreeSet<ObjectRef>,
    sets: BTreeSet<ObjectRef>,
}

fn run(view: &View, out: &mut Findings) {
    let mut needs: BTreeMap<Str, Need> = BTreeMap::new();
    for claim in view.persistent_volume_claims.iter().filter(|c| c.status.phase == "Pending") {
        if let Some(class) = claim.class().filter(|class| storage::is_missing(view, class)) {
            needs.entry(class.clone()).or_default().claims.insert(claim.reference());
        }
    }
    for set in view.stateful_sets.iter().filter(|s| s.spec.replicas.unwrap_or(1) > 0) {
        let classes = set.spec.volume_claim_templates.iter().filter_map(|template| template.class());
        for class in classes.filter(|class| storage::is_missing(view, class)) {
            needs.entry(class.clone()).or_default().sets.insert(set.reference());
        }
    }
    for (class, need) in needs {
        report(view, &class, &need, out);
    }
}

fn report(view: &View, class: &Str, need: &Need, out: &mut Findings) {
    let finding = out.on(ObjectRef::new("StorageClass", "", class.clone()), "does not exist");
    finding.brief("does not exist");
    if need.claims.is_empty() {
        finding.severity(Severity::Warning);
    }
    for by in need.claims.iter().chain(&need.sets).take(4) {
        finding.proof(Source::Spec, format!("{by} asks for it"));
    }
    finding.proof(Source::Cluster, format!("classes here: {}", storage::classes(view)));
    let near = words::near(class, view.storage_classes.iter().map(|c| c.metadata.name.as_str()));
    let default = view.storage_classes.iter().find(|c| c.is_default()).map(|c| c.metadata.name.as_str());
    let instead = near.first().copied().or(default);
    if let Some(name) = instead {
        finding.fix(format!("set storageClassName to {name} instead of {class} and create the claims again"));
    }
    let or = if instead.is_some() { "or " } else { "" };
    finding.fix(format!("{or}create StorageClass {class} with the provisioner it is meant for"));
    finding.command("kubectl get storageclass");
}
