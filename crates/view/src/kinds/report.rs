//! Policy reports (wgpolicyk8s.io) and their successors (openreports.io).

use crate::Meta;
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyReport {
    pub metadata: Meta,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterPolicyReport {
    pub metadata: Meta,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    pub metadata: Meta,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterReport {
    pub metadata: Meta,
}
