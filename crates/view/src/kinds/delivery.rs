//! Continuous delivery: Argo CD and Flux.

use super::Condition;
use crate::{List, Meta};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Application {
    pub metadata: Meta,
    pub status: ApplicationStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ApplicationStatus {
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Kustomization {
    pub metadata: Meta,
    pub status: KustomizationStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct KustomizationStatus {
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmRelease {
    pub metadata: Meta,
    pub status: HelmReleaseStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HelmReleaseStatus {
    pub conditions: List<Condition>,
}
