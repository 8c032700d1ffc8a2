//! Reasons of the scheduler about volumes that are there, and cannot be had where the pod could go.

use crate::{Finding, Source, storage, words};
use std::sync::Arc;
use view::{Object, ObjectRef, PersistentVolume, PersistentVolumeClaim, Pod, View};

/// How the scheduler says that a volume is somewhere else; the second since 1.34, the third about zones.
const ELSEWHERE: &[&str] =
    &["volume node affinity conflict", "PersistentVolume's node affinity", "no available volume zone"];

/// Labels that tell the zone of a volume.
const ZONES: &[&str] = &["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"];

/// A volume of the pod with its claim, and where it can be reached.
struct Placed<'v> {
    claim: &'v Arc<PersistentVolumeClaim>,
    volume: &'v Arc<PersistentVolume>,
    place: String,
}

/// The volumes of a pod that some node cannot reach.
fn placed<'v>(view: &'v View, pod: &Pod) -> Vec<Placed<'v>> {
    let all = storage::volumes_of(view, pod).into_iter().filter_map(|(claim, volume)| {
        let affinity = volume.spec.node_affinity.required.to_string();
        let zone = ZONES.iter().find_map(|key| Some(format!("{key}={}", volume.metadata.labels.get(key)?)));
        let place = if affinity.is_empty() { zone? } else { affinity };
        let everywhere = storage::reachable_from(view, volume).len() == view.nodes.len();
        let by_labels = volume.spec.node_affinity.required.node_selector_terms.is_empty();
        (by_labels || !everywhere).then_some(Placed { claim, volume, place })
    });
    all.collect()
}

/// A claim that only one pod may use, and the pod that does.
fn taken<'v>(view: &'v View, pod: &Pod) -> Option<(&'v Arc<PersistentVolumeClaim>, ObjectRef)> {
    let alone =
        |claim: &Arc<PersistentVolumeClaim>| claim.spec.access_modes.iter().any(|m| *m == "ReadWriteOncePod");
    storage::claims_of(view, pod).into_iter().filter(|claim| alone(claim)).find_map(|claim| {
        let users = storage::users_of(view, &claim.reference());
        let other = users.into_iter().find(|other| {
            !other.is_finished()
                && !other.spec.node_name.is_empty()
                && other.metadata.name != pod.metadata.name
        })?;
        Some((claim, other.reference()))
    })
}

fn is_elsewhere(text: &str) -> bool {
    ELSEWHERE.iter().any(|part| text.contains(part))
}

/// The claim of a reason that names one in quotes.
fn named(pod: &Pod, text: &str) -> Option<ObjectRef> {
    let name = crate::messages::quoted_after(text, "persistentvolumeclaim ")?;
    Some(ObjectRef::new("PersistentVolumeClaim", pod.metadata.namespace.clone(), name))
}

/// Such a reason in words, with the pod's own volumes.
pub(crate) fn in_words(view: &View, pod: &Pod, text: &str, nodes: &str) -> Option<String> {
    if is_elsewhere(text) {
        let placed = placed(view, pod);
        let all = placed.iter().map(|p| {
            format!(
                "volume {} of claim {}, which is on {}",
                p.volume.metadata.name, p.claim.metadata.name, p.place
            )
        });
        let all = words::join_some(all, 2);
        return (!all.is_empty()).then(|| format!("{nodes} out of reach of {all}"));
    }
    if text.contains("max volume count") {
        return Some(format!("{nodes} with as many volumes of its driver as can be attached"));
    }
    if text.contains("ReadWriteOncePod") {
        let (claim, other) = taken(view, pod)?;
        return Some(format!("claim {} is ReadWriteOncePod, and {other} uses it", claim.metadata.name));
    }
    if text.ends_with("is being deleted") {
        return named(pod, text).map(|claim| format!("{claim} is being deleted"));
    }
    None
}

/// Adds what explains such a reason; false for reasons about something else.
pub(crate) fn explain(view: &View, pod: &Pod, text: &str, finding: &mut Finding) -> bool {
    if is_elsewhere(text) {
        let placed = placed(view, pod);
        for Placed { claim, volume, place } in &placed {
            finding.proof(
                Source::Spec,
                format!("PersistentVolume {}: nodeAffinity {place}", volume.metadata.name),
            );
            finding.proof(Source::Cluster, storage::offered_instead(view, volume));
            finding.because(volume.reference()).field("spec.volumes");
            let todo = match storage::reachable_from(view, volume).is_empty() {
                true => format!("bring a node with {place} back"),
                false => format!("make room on a node with {place}, or add one there"),
            };
            finding.fix(format!("{todo}: the data of claim {} is nowhere else", claim.metadata.name));
        }
        return !placed.is_empty();
    }
    if text.contains("max volume count") {
        finding.fix("add a node, or let fewer pods with volumes run on one node").field("spec.volumes");
        return true;
    }
    if let Some((claim, other)) = taken(view, pod).filter(|_| text.contains("ReadWriteOncePod")) {
        finding
            .proof(Source::Cluster, format!("{other} uses claim {}", claim.metadata.name))
            .field("spec.volumes");
        finding.fix(format!("end {other}, or make claim {} again with ReadWriteOnce", claim.metadata.name));
        return true;
    }
    if let Some(claim) = named(pod, text).filter(|_| text.ends_with("is being deleted")) {
        finding.fix(format!(
            "let the deletion of {claim} end (see its finalizers), then create the claim again"
        ));
        finding.because(claim).field("spec.volumes");
        return true;
    }
    false
}
