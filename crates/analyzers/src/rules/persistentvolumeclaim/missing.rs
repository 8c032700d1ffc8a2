//! # Claim does not exist
//!
//! ## What it finds
//! A PersistentVolumeClaim that a waiting pod mounts and that does not exist in its namespace, with the
//! names that are near.
//!
//! ## Why it matters
//! The pod is not scheduled until the claim is there.
//!
//! ## When it stays silent
//! For claims that the pod's own ephemeral volumes bring, in the first half minute of a pod, for pods that
//! run, and when claims could not be read.
//!
//! ## What to do
//! Create the claim, or correct `claimName` in the pod template.

use crate::containers::age;
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, PersistentVolumeClaim, Pod, Str, View};

/// The rule `persistentvolumeclaim/missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolumeClaim, Kind::Pod],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// A claim and its pod may be created in either order (seconds).
const GRACE_SECONDS: i64 = 30;

/// Who mounts a claim: topmost owners, and the first place in a spec that says so.
type Users = (BTreeSet<ObjectRef>, String);

fn run(view: &View, out: &mut Findings) {
    let mut missing: BTreeMap<(Str, Str), Users> = BTreeMap::new();
    let waits =
        |pod: &Pod| pod.should_run() && pod.status.phase == "Pending" && pod.spec.node_name.is_empty();
    for pod in view.pods.iter().filter(|pod| waits(pod)) {
        if age(view, pod).is_some_and(|seconds| seconds < GRACE_SECONDS) {
            continue;
        }
        let namespace = &pod.metadata.namespace;
        for volume in &pod.spec.volumes {
            let Some(claim) = &volume.persistent_volume_claim else { continue };
            if !claim.claim_name.is_empty()
                && view.lookup::<PersistentVolumeClaim>(namespace, &claim.claim_name).is_missing()
            {
                let key = (namespace.clone(), claim.claim_name.clone());
                let place = || format!("{}: volume {}", pod.reference(), volume.name);
                let users = missing.entry(key).or_insert_with(|| (BTreeSet::new(), place()));
                users.0.insert(view.top_owner(&pod.reference(), &pod.metadata));
            }
        }
    }
    for ((namespace, name), (owners, place)) in missing {
        let needs = if owners.len() == 1 { "mounts" } else { "mount" };
        let object = ObjectRef::new(Kind::PersistentVolumeClaim.name(), namespace.clone(), name.clone());
        let says = format!("does not exist; {} {needs} it", words::join_some(&owners, 3));
        let finding = out.on(object, says);
        finding.brief("does not exist").field("spec.volumes").proof(Source::Spec, place);
        let near = words::near(&name, view.persistent_volume_claims.names_in(&namespace));
        if !near.is_empty() {
            finding.proof(Source::Cluster, format!("near names in {namespace}: {}", near.join(", ")));
            finding.fix(format!("mount {} instead, if that is what was meant", near.join(" or ")));
        }
        finding.fix(format!("create PersistentVolumeClaim {name} in namespace {namespace}"));
        finding.command(format!("kubectl -n {namespace} get pvc"));
    }
}
