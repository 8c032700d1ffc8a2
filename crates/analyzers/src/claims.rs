//! Claims and the volumes that might be bound to them.

use view::{PersistentVolume, PersistentVolumeClaim, Pod, View, condition, parse_quantity, references};

/// The class binds only when a pod uses the claim.
pub(crate) fn waits_for_consumer(view: &View, class: &str) -> bool {
    view.storage_classes.get("", class).is_some_and(|c| c.volume_binding_mode == "WaitForFirstConsumer")
}

/// A pod uses the claim, and the scheduler has found no volume for it.
pub(crate) fn consumer_found_no_volume(view: &View, claim: &PersistentVolumeClaim) -> bool {
    let uses = |pod: &Pod| {
        let mut all = references(&pod.spec, &pod.metadata.name).into_iter();
        all.any(|r| r.kind == view::Kind::PersistentVolumeClaim && r.name == claim.metadata.name)
    };
    let refused = |pod: &Pod| {
        let scheduled = condition(&pod.status.conditions, "PodScheduled").filter(|c| c.is_false());
        scheduled.is_some_and(|c| c.message.contains("persistent volumes to bind"))
    };
    let pods = view.pods.in_namespace(&claim.metadata.namespace).iter();
    pods.filter(|pod| pod.should_run()).any(|pod| refused(pod) && uses(pod))
}

/// What the claim asks for, in words: `5Gi, ReadWriteOnce, class manual`.
pub(crate) fn asked_for(claim: &PersistentVolumeClaim) -> String {
    let size = claim.spec.resources.requests.get("storage").map_or("any size", |s| s.as_str());
    let modes: Vec<&str> = claim.spec.access_modes.iter().map(|mode| mode.as_str()).collect();
    let class = match claim.class() {
        Some(class) if !class.is_empty() => format!("class {class}"),
        _ => "no class".to_owned(),
    };
    format!("{size}, {}, {class}", modes.join("+"))
}

/// True when a volume could be bound to the claim, as far as one can see.
pub(crate) fn fits_any(view: &View, claim: &PersistentVolumeClaim) -> bool {
    view.persistent_volumes.iter().any(|volume| mismatch(volume, claim).is_none())
}

/// Why this volume does not fit: `pv-1 (Bound)`, `pv-2 (1Gi is less than 5Gi)`.
pub(crate) fn why_not(volume: &PersistentVolume, claim: &PersistentVolumeClaim) -> String {
    let why = mismatch(volume, claim).unwrap_or_else(|| "fits".to_owned());
    format!("{} ({why})", volume.metadata.name)
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
        return Some(format!("not {mode}"));
    }
    let block = |mode: &str| mode == "Block";
    if block(&spec.volume_mode) != block(&wanted.volume_mode) {
        return Some("another volumeMode".to_owned());
    }
    let selected = wanted.selector.as_ref().is_none_or(|selector| selector.matches(&volume.metadata.labels));
    (!selected).then(|| "labels do not match the claim's selector".to_owned())
}
