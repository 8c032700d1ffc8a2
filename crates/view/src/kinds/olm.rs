//! The Operator Lifecycle Manager, both generations.

use super::{Condition, NameRef};
use crate::{LabelSelector, List, Meta, Str, Time};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterCatalog {
    pub metadata: Meta,
    pub spec: ClusterCatalogSpec,
    pub status: ClusterCatalogStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterCatalogSpec {
    pub source: CatalogImage,
    /// `Available` (the default) or `Unavailable`.
    pub availability_mode: Str,
}

/// Where a catalog comes from, as wanted or as found: an image is the only type there is.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogImage {
    pub image: Option<ImageRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ImageRef {
    #[serde(rename = "ref")]
    pub reference: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterCatalogStatus {
    pub resolved_source: Option<CatalogImage>,
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterExtension {
    pub metadata: Meta,
    pub spec: ClusterExtensionSpec,
    pub status: ClusterExtensionStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterExtensionSpec {
    pub namespace: Str,
    pub service_account: Option<NameRef>,
    pub source: ExtensionSource,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ExtensionSource {
    pub source_type: Str,
    pub catalog: Option<CatalogFilter>,
}

/// Which package of which catalogs is wanted.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogFilter {
    pub package_name: Str,
    pub version: Str,
    pub channels: List<Str>,
    pub selector: Option<LabelSelector>,
    pub upgrade_constraint_policy: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterExtensionStatus {
    pub install: Option<ExtensionInstall>,
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ExtensionInstall {
    pub bundle: Bundle,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Bundle {
    pub name: Str,
    pub version: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterServiceVersion {
    pub metadata: Meta,
    pub status: ClusterServiceVersionStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterServiceVersionStatus {
    pub phase: Str,
    pub reason: Str,
    pub message: Str,
    pub last_transition_time: Option<Time>,
    pub last_update_time: Option<Time>,
    /// The phases that it went through, the oldest first.
    pub conditions: List<PhaseChange>,
    pub requirement_status: List<RequirementStatus>,
}

/// An entry of a ClusterServiceVersion's `status.conditions`: what its phase was, and why.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PhaseChange {
    pub phase: Str,
    pub reason: Str,
    pub message: Str,
    pub last_transition_time: Option<Time>,
}

/// Something that must be there before an operator is installed.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct RequirementStatus {
    pub group: Str,
    pub version: Str,
    pub kind: Str,
    pub name: Str,
    /// `Present`, `NotPresent`, `PresentNotSatisfied`, `PresentNotAvailable`.
    pub status: Str,
    pub message: Str,
    /// Permissions of a service account, one entry a rule.
    pub dependents: List<Dependent>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Dependent {
    pub kind: Str,
    /// `Satisfied` or `NotSatisfied`.
    pub status: Str,
    pub message: Str,
}

impl ClusterServiceVersion {
    /// True for the copies that show an operator in the namespaces that it watches.
    pub fn is_copied(&self) -> bool {
        self.metadata.labels.get("olm.copiedFrom").is_some() || self.status.reason == "Copied"
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Subscription {
    pub metadata: Meta,
    pub spec: SubscriptionSpec,
    pub status: SubscriptionStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct SubscriptionSpec {
    /// Name of the CatalogSource.
    pub source: Str,
    pub source_namespace: Str,
    /// Name of the package.
    pub name: Str,
    pub channel: Str,
    #[serde(rename = "startingCSV")]
    pub starting_csv: Str,
    /// `Automatic` (the default) or `Manual`.
    pub install_plan_approval: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct SubscriptionStatus {
    /// Empty, `UpgradeAvailable`, `UpgradePending`, `UpgradeFailed` or `AtLatestKnown`.
    pub state: Str,
    #[serde(rename = "currentCSV")]
    pub current_csv: Str,
    #[serde(rename = "installedCSV")]
    pub installed_csv: Str,
    pub install_plan_ref: Option<NameRef>,
    /// When the state last changed.
    pub last_updated: Option<Time>,
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct InstallPlan {
    pub metadata: Meta,
    pub spec: InstallPlanSpec,
    pub status: InstallPlanStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct InstallPlanSpec {
    /// `Automatic` or `Manual`.
    pub approval: Str,
    pub approved: bool,
    pub cluster_service_version_names: List<Str>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct InstallPlanStatus {
    /// Empty, `Planning`, `RequiresApproval`, `Installing`, `Complete` or `Failed`.
    pub phase: Str,
    pub message: Str,
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogSource {
    pub metadata: Meta,
    pub spec: CatalogSourceSpec,
    pub status: CatalogSourceStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogSourceSpec {
    /// `grpc`, `configmap` or `internal`.
    pub source_type: Str,
    pub image: Str,
    pub address: Str,
    pub config_map: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CatalogSourceStatus {
    pub reason: Str,
    pub message: Str,
    pub connection_state: Option<ConnectionState>,
    pub registry_service: Option<RegistryService>,
}

/// The connection to the catalog's server, in gRPC's words.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ConnectionState {
    pub address: Str,
    pub last_connect: Option<Time>,
    /// `IDLE`, `CONNECTING`, `READY`, `TRANSIENT_FAILURE` or `SHUTDOWN`.
    pub last_observed_state: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct RegistryService {
    pub service_name: Str,
    pub service_namespace: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct OperatorGroup {
    pub metadata: Meta,
    pub spec: OperatorGroupSpec,
    pub status: OperatorGroupStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct OperatorGroupSpec {
    pub target_namespaces: List<Str>,
    pub selector: Option<LabelSelector>,
    pub service_account_name: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct OperatorGroupStatus {
    pub conditions: List<Condition>,
}
