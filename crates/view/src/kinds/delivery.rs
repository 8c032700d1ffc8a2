//! Continuous delivery: Argo CD and Flux.

use super::Condition;
use crate::{List, Meta, Str, Time};
use serde::Deserialize;

/// Argo CD's Application.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Application {
    pub metadata: Meta,
    pub spec: ApplicationSpec,
    pub status: ApplicationStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationSpec {
    pub destination: ApplicationDestination,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationDestination {
    pub server: Str,
    pub name: Str,
    pub namespace: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationStatus {
    pub health: ApplicationHealth,
    pub sync: ApplicationSync,
    /// Each that is listed holds: they have a type and a message, and no status.
    pub conditions: List<Condition>,
    pub operation_state: Option<ApplicationOperation>,
    pub resources: List<ApplicationResource>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationHealth {
    pub status: Str,
    pub message: Str,
    pub last_transition_time: Option<Time>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationSync {
    pub status: Str,
    pub revision: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationOperation {
    pub phase: Str,
    pub message: Str,
    pub finished_at: Option<Time>,
    pub retry_count: Option<i64>,
    pub sync_result: Option<ApplicationSyncResult>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationSyncResult {
    pub resources: List<ApplicationResult>,
}

/// What became of one object of a sync.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationResult {
    pub group: Str,
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
    /// `Synced`, `SyncFailed`, `Pruned`.
    pub status: Str,
    pub message: Str,
    /// Of a hook: `Running`, `Succeeded`, `Failed`, `Error`.
    pub hook_phase: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationResource {
    pub group: Str,
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
    pub status: Str,
    pub health: Option<ApplicationHealth>,
}

impl Application {
    /// It delivers into the cluster that it lives in.
    pub fn is_local(&self) -> bool {
        let to = &self.spec.destination;
        to.name == "in-cluster" || to.server.starts_with("https://kubernetes.default.svc")
    }
}

/// Flux' Kustomization.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Kustomization {
    pub metadata: Meta,
    pub spec: KustomizationSpec,
    pub status: KustomizationStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct KustomizationSpec {
    pub suspend: Option<bool>,
    pub path: Str,
    pub source_ref: FluxRef,
    pub depends_on: List<FluxRef>,
    pub target_namespace: Str,
}

/// A reference of Flux; an empty namespace means the referring object's.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct FluxRef {
    pub kind: Str,
    pub namespace: Str,
    pub name: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct KustomizationStatus {
    pub conditions: List<Condition>,
    pub inventory: Option<KustomizationInventory>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct KustomizationInventory {
    pub entries: List<InventoryEntry>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct InventoryEntry {
    /// `namespace_name_group_kind`.
    pub id: Str,
}

/// Flux' HelmRelease.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmRelease {
    pub metadata: Meta,
    pub spec: HelmReleaseSpec,
    pub status: HelmReleaseStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmReleaseSpec {
    pub suspend: Option<bool>,
    pub chart: Option<HelmChartTemplate>,
    pub chart_ref: Option<FluxRef>,
    pub depends_on: List<FluxRef>,
    pub release_name: Str,
    pub target_namespace: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmChartTemplate {
    pub spec: HelmChartTemplateSpec,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmChartTemplateSpec {
    pub chart: Str,
    pub version: Str,
    pub source_ref: FluxRef,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmReleaseStatus {
    pub conditions: List<Condition>,
    pub failures: Option<i64>,
}
