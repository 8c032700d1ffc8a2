//! Claims and the volumes that might be bound to them.

use crate::runners::{Runner, unready_drivers};
use crate::storage;
use std::sync::Arc;
use view::{
    Event, Object, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass, View, condition,
    parse_quantity,
};

/// Seconds that a provisioner may take.
const PROVISIONING: i64 = 300;
/// The same for one whose workload is seen not to run.
const IDLE: i64 = 60;
/// Seconds that a provisioner may take once it has said that it is at work.
const AT_WORK: i64 = 1800;

/// A claim whose provisioner was asked and does not answer.
pub(crate) struct Unanswered<'v> {
    pub class: &'v Arc<StorageClass>,
    /// Seconds since it was asked.
    pub waited: i64,
    /// The controller's words about it.
    pub event: Option<&'v Arc<Event>>,
}

/// Whether the provisioner of a pending claim was asked long ago and has not answered. Waiting for a
/// consumer is no question: that begins when the scheduler has chosen a node.
pub(crate) fn unanswered<'v>(view: &'v View, claim: &'v PersistentVolumeClaim) -> Option<Unanswered<'v>> {
    let waits = claim.status.phase == "Pending" && claim.metadata.deletion_timestamp.is_none();
    let class = claim.class().filter(|_| waits && claim.spec.volume_name.is_empty())?;
    let class = view.storage_classes.get("", class).filter(|_| !storage::is_static(view, class))?;
    let annotated = |key: &str| claim.metadata.annotations.get(key).is_some();
    if class.volume_binding_mode == "WaitForFirstConsumer" && !annotated("volume.kubernetes.io/selected-node")
    {
        return None;
    }
    let newest =
        |reason: &str| view.events_of("PersistentVolumeClaim", &claim.metadata).find(|e| e.reason == reason);
    let at_work = |e: &Arc<Event>| e.last_seen().is_none_or(|seen| view.now.seconds_since(seen) < AT_WORK);
    if newest("ProvisioningFailed").is_some() || newest("Provisioning").is_some_and(at_work) {
        return None;
    }
    let event = newest("ExternalProvisioning");
    let handed_over = annotated("volume.kubernetes.io/storage-provisioner")
        || annotated("volume.beta.kubernetes.io/storage-provisioner");
    let asked = match event {
        Some(event) => event.first_timestamp.or(event.last_seen()),
        None if handed_over => claim.metadata.creation_timestamp,
        None => return None,
    };
    let waited = asked.map_or(PROVISIONING, |at| view.now.seconds_since(at));
    let patience = || if idle_provisioner(view, class).is_empty() { PROVISIONING } else { IDLE };
    (waited >= IDLE && waited >= patience()).then_some(Unanswered { class, waited, event })
}

/// The workloads of a class's provisioner that do not run.
pub(crate) fn idle_provisioner(view: &View, class: &StorageClass) -> Vec<Runner> {
    unready_drivers(view, &class.provisioner)
}

/// The class binds only when a pod uses the claim.
pub(crate) fn waits_for_consumer(view: &View, class: &str) -> bool {
    view.storage_classes.get("", class).is_some_and(|c| c.volume_binding_mode == "WaitForFirstConsumer")
}

/// A pod uses the claim, and the scheduler has found no volume for it.
pub(crate) fn consumer_found_no_volume(view: &View, claim: &PersistentVolumeClaim) -> bool {
    let refused = |pod: &Pod| {
        let scheduled = condition(&pod.status.conditions, "PodScheduled").filter(|c| c.is_false());
        scheduled.is_some_and(|c| c.message.contains("persistent volumes to bind"))
    };
    let users = storage::users_of(view, &claim.reference());
    users.into_iter().any(|pod| pod.should_run() && refused(pod))
}

/// What the claim asks for, in words: `5Gi, ReadWriteOnce, class manual`.
pub(crate) fn asked_for(claim: &PersistentVolumeClaim) -> String {
    let size = claim.spec.resources.requests.get("storage").map_or("any size", |s| s.as_str());
    let modes: Vec<&str> = claim.spec.access_modes.iter().map(|mode| mode.as_str()).collect();
    let class = match claim.class() {
        Some(class) if !class.is_empty() => format!("class {class}"),
        _ => "no class".to_owned(),
    };
    let selector = claim.spec.selector.as_ref().filter(|selector| !selector.is_empty());
    let selector = selector.map(|selector| format!(", selector {selector}")).unwrap_or_default();
    format!("{size}, {}, {class}{selector}", modes.join("+"))
}

/// True when a volume could be bound to the claim, as far as one can see.
pub(crate) fn fits_any(view: &View, claim: &PersistentVolumeClaim) -> bool {
    view.persistent_volumes.iter().any(|volume| mismatch(volume, claim).is_none())
}

/// Why this volume does not fit: `pv-1 (Bound)`, `pv-2 (1Gi is less than 5Gi)`.
fn why_not(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> String {
    let why = mismatch(volume, claim).unwrap_or_else(|| "fits".to_owned());
    format!("{} ({why})", volume.metadata.name)
}

/// Why each volume does not fit, those of the claim's own class first: they are the ones that were meant.
pub(crate) fn why_none(view: &View, claim: &PersistentVolumeClaim) -> Vec<String> {
    let class = claim.class().map(|c| c.as_str()).unwrap_or_default();
    let mut volumes: Vec<&PersistentVolume> = view.persistent_volumes.iter().map(AsRef::as_ref).collect();
    volumes.sort_by_key(|volume| volume.spec.storage_class_name != class);
    volumes.into_iter().map(|volume| why_not(volume, claim)).collect()
}

/// Why the volume that the claim names is not bound to it.
pub(crate) fn why_not_named(view: &View, claim: &PersistentVolumeClaim) -> String {
    match view.persistent_volumes.get("", &claim.spec.volume_name) {
        None => "does not exist".to_owned(),
        Some(volume) => {
            let why = mismatch(volume, claim).unwrap_or_else(|| "is not bound yet".to_owned());
            format!("does not fit: {why}")
        }
    }
}

/// Volumes that would fit but are kept for a claim that was deleted.
pub(crate) fn kept_ones<'v>(view: &'v View, claim: &PersistentVolumeClaim) -> Vec<&'v Arc<PersistentVolume>> {
    let freed = |volume: &PersistentVolume| {
        let mut freed = volume.clone();
        freed.spec.claim_ref = None;
        volume.status.phase == "Released" && mismatch(&freed, claim).is_none()
    };
    view.persistent_volumes.iter().filter(|volume| freed(volume)).collect()
}

fn mismatch(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> Option<String> {
    let (spec, wanted) = (&volume.spec, &claim.spec);
    if !wanted.volume_name.is_empty() && wanted.volume_name != volume.metadata.name.as_str() {
        return Some("another name".to_owned());
    }
    let class = claim.class().map(|c| c.as_str()).unwrap_or_default();
    if spec.storage_class_name != class {
        let has =
            if spec.storage_class_name.is_empty() { "no class" } else { spec.storage_class_name.as_str() };
        return Some(format!("class {has}"));
    }
    if let Some(bound) = &spec.claim_ref {
        let here = bound.namespace == claim.metadata.namespace && bound.name == claim.metadata.name;
        let same = bound.uid.is_empty() || bound.uid == claim.metadata.uid;
        if !here || !same {
            return Some(format!("{} of {}/{}", volume.status.phase, bound.namespace, bound.name));
        }
    }
    let size = |map: &view::Map| map.get("storage").and_then(|text| parse_quantity(text));
    if let (Some(has), Some(needs)) = (size(&spec.capacity), size(&wanted.resources.requests))
        && has < needs
    {
        let text = |map: &view::Map| map.get("storage").map(ToString::to_string).unwrap_or_default();
        return Some(format!("{} is less than {}", text(&spec.capacity), text(&wanted.resources.requests)));
    }
    let lacking = wanted.access_modes.iter().find(|mode| !spec.access_modes.contains(mode));
    if let Some(mode) = lacking {
        let has: Vec<&str> = spec.access_modes.iter().map(|mode| mode.as_str()).collect();
        return Some(format!("{} and not {mode}", has.join("+")));
    }
    let block = |mode: &str| mode == "Block";
    if block(&spec.volume_mode) != block(&wanted.volume_mode) {
        return Some("another volumeMode".to_owned());
    }
    let selected = wanted.selector.as_ref().is_none_or(|selector| selector.matches(&volume.metadata.labels));
    let labels = volume.metadata.labels.to_selector();
    let labels = if labels.is_empty() { "no labels".to_owned() } else { format!("labels {labels}") };
    (!selected).then(|| format!("{labels} do not match the claim's selector"))
}
