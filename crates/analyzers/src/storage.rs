//! StorageClasses, volumes and their attachments as claims and pods see them.

use crate::words;
use std::collections::BTreeSet;
use std::sync::Arc;
use view::{
    CSIDriver, Kind, Lookup, Node, ObjectRef, PersistentVolume, PersistentVolumeClaim, Pod, StorageClass,
    View, VolumeAttachment,
};

/// True when a class of this name is asked for in vain: there is no such StorageClass, nor a volume that
/// carries the name (volumes made by hand need no class).
pub(crate) fn is_missing(view: &View, class: &str) -> bool {
    !class.is_empty()
        && view.lookup::<StorageClass>("", class).is_missing()
        && view.proves_absence::<PersistentVolume>("")
        && !view.persistent_volumes.iter().any(|volume| volume.spec.storage_class_name == class)
}

/// Nobody makes volumes for this class: they are made by hand. False when the class was not read.
pub(crate) fn is_static(view: &View, class: &str) -> bool {
    match view.lookup::<StorageClass>("", class) {
        _ if class.is_empty() => true,
        Lookup::Found(found) => found.provisioner == "kubernetes.io/no-provisioner",
        Lookup::Missing => !is_missing(view, class),
        Lookup::Unknown => false,
    }
}

/// The classes that exist, the default marked: `standard (default), local-path`; `none` without any.
pub(crate) fn classes(view: &View) -> String {
    let names = view.storage_classes.iter().map(|class| {
        let mark = if class.is_default() { " (default)" } else { "" };
        format!("{}{mark}", class.metadata.name)
    });
    let all = words::join_some(names, 8);
    if all.is_empty() { "none".to_owned() } else { all }
}

/// Whether a CSI driver of this name is registered with the cluster; `None` when the name is not one of a
/// CSI driver, or drivers were not read.
pub(crate) fn driver_in_words(view: &View, driver: &str) -> Option<String> {
    match view.lookup::<CSIDriver>("", driver) {
        Lookup::Found(_) => Some(format!("CSIDriver {driver} exists")),
        // Provisioners that are not CSI drivers have a path in their names and register nothing.
        Lookup::Missing if !driver.contains('/') => Some(format!("CSIDriver {driver} does not exist")),
        _ => None,
    }
}

/// The volume that a claim is bound to.
pub(crate) fn volume_of<'v>(
    view: &'v View,
    claim: &PersistentVolumeClaim,
) -> Option<&'v Arc<PersistentVolume>> {
    view.persistent_volumes.get("", &claim.spec.volume_name)
}

/// The bound volumes of a pod with the claims that bring them.
pub(crate) fn volumes_of<'v>(
    view: &'v View,
    pod: &Pod,
) -> Vec<(&'v Arc<PersistentVolumeClaim>, &'v Arc<PersistentVolume>)> {
    let claims = claims_of(view, pod).into_iter();
    claims.filter_map(|claim| Some((claim, volume_of(view, claim)?))).collect()
}

/// The claims of a pod that exist.
pub(crate) fn claims_of<'v>(view: &'v View, pod: &Pod) -> Vec<&'v Arc<PersistentVolumeClaim>> {
    let references = view::references(&pod.spec, &pod.metadata.name).into_iter();
    let names = references.filter(|r| r.kind == Kind::PersistentVolumeClaim).map(|r| r.name);
    let namespace = &pod.metadata.namespace;
    names.filter_map(|name| view.persistent_volume_claims.get(namespace, &name)).collect()
}

/// Pods that mount a claim, whatever their phase.
pub(crate) fn users_of<'v>(view: &'v View, claim: &ObjectRef) -> Vec<&'v Arc<Pod>> {
    let mounts = |pod: &Pod| {
        let mut all = view::references(&pod.spec, &pod.metadata.name).into_iter();
        all.any(|r| r.kind == Kind::PersistentVolumeClaim && r.name == claim.name)
    };
    view.pods.in_namespace(&claim.namespace).iter().filter(|pod| mounts(pod)).collect()
}

/// Nodes from which a volume can be reached.
pub(crate) fn reachable_from<'v>(view: &'v View, volume: &PersistentVolume) -> Vec<&'v Arc<Node>> {
    let affinity = &volume.spec.node_affinity.required;
    let selected = |node: &&Arc<Node>| affinity.selects(&node.metadata.name, &node.metadata.labels);
    view.nodes.iter().filter(selected).collect()
}

/// The names of the nodes that hold a local volume, when it is bound to nodes by name.
pub(crate) fn home_nodes(volume: &PersistentVolume) -> BTreeSet<&str> {
    let terms = &volume.spec.node_affinity.required.node_selector_terms;
    let all = terms.iter().flat_map(|term| term.match_expressions.iter().chain(&term.match_fields));
    let named = all.filter(|r| matches!(r.key.as_str(), "kubernetes.io/hostname" | "metadata.name"));
    named.filter(|r| r.operator == "In").flat_map(|r| r.values.iter().map(|v| v.as_str())).collect()
}

/// What nodes carry of the labels that a volume's affinity is about: `n1 has zone=b`.
pub(crate) fn offered_instead(view: &View, volume: &PersistentVolume) -> String {
    let terms = &volume.spec.node_affinity.required.node_selector_terms;
    let mut keys: BTreeSet<&str> =
        terms.iter().flat_map(|term| &term.match_expressions).map(|wanted| wanted.key.as_str()).collect();
    if keys.is_empty() {
        keys.insert("topology.kubernetes.io/zone");
    }
    let nodes = view.nodes.iter().map(|node| {
        let labels = keys.iter().map(|key| match node.metadata.labels.get(key) {
            Some(value) => format!("{key}={value}"),
            None => format!("no {key}"),
        });
        format!("{} has {}", node.metadata.name, labels.collect::<Vec<_>>().join(","))
    });
    words::join_some(nodes, 4)
}

/// Where a volume is attached, or should be.
pub(crate) fn attachments<'v>(
    view: &'v View,
    volume: &str,
) -> impl Iterator<Item = &'v Arc<VolumeAttachment>> {
    let volume = volume.to_owned();
    view.volume_attachments.iter().filter(move |a| a.spec.source.persistent_volume_name == volume.as_str())
}
