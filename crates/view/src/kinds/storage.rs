//! Claims, volumes, classes.

use super::{Condition, NodeSelector, Resources};
use crate::{LabelSelector, List, Map, Meta, Str, Time};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PersistentVolumeClaim {
    pub metadata: Meta,
    pub spec: ClaimSpec,
    pub status: ClaimStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimSpec {
    pub storage_class_name: Option<Str>,
    pub volume_name: Str,
    pub access_modes: List<Str>,
    pub resources: Resources,
    pub volume_mode: Str,
    pub selector: Option<LabelSelector>,
}

impl PersistentVolumeClaim {
    /// The class it asks for, from the field or from the older annotation: `None` means the default
    /// class, an empty name means that only an existing volume without class will do.
    pub fn class(&self) -> Option<&Str> {
        let annotation = || self.metadata.annotations.get("volume.beta.kubernetes.io/storage-class");
        self.spec.storage_class_name.as_ref().or_else(annotation)
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimStatus {
    pub phase: Str,
    pub capacity: Map,
    pub conditions: List<Condition>,
    /// How far a resize has come, by resource (`ControllerResizeInProgress`, `NodeResizeInfeasible`).
    pub allocated_resource_statuses: Map,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PersistentVolume {
    pub metadata: Meta,
    pub spec: VolumeSpec,
    pub status: VolumeStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeSpec {
    pub capacity: Map,
    pub access_modes: List<Str>,
    pub storage_class_name: Str,
    pub claim_ref: Option<ClaimRef>,
    pub persistent_volume_reclaim_policy: Str,
    pub volume_mode: Str,
    pub node_affinity: VolumeNodeAffinity,
    pub csi: Option<CsiVolume>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CsiVolume {
    pub driver: Str,
}

/// The nodes from which a volume can be reached.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeNodeAffinity {
    pub required: NodeSelector,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimRef {
    pub namespace: Str,
    pub name: Str,
    pub uid: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeStatus {
    pub phase: Str,
    pub reason: Str,
    pub message: Str,
    pub last_phase_transition_time: Option<Time>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct StorageClass {
    pub metadata: Meta,
    pub provisioner: Str,
    pub volume_binding_mode: Str,
    pub allow_volume_expansion: Option<bool>,
}

impl StorageClass {
    /// Claims without a class get this one.
    pub fn is_default(&self) -> bool {
        ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"]
            .iter()
            .any(|key| self.metadata.annotations.get(key).is_some_and(|v| *v == "true"))
    }
}
