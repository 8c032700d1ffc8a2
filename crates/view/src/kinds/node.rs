//! Nodes and namespaces.

use super::Condition;
use crate::{List, Map, Meta, Str, Time};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Node {
    pub metadata: Meta,
    pub spec: NodeSpec,
    pub status: NodeStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSpec {
    pub unschedulable: bool,
    /// The machine behind it, as its cloud names it (`aws:///eu-west-1a/i-0abc…`).
    #[serde(rename = "providerID")]
    pub provider_id: Str,
    pub taints: List<Taint>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Taint {
    pub key: Str,
    pub value: Str,
    pub effect: Str,
    pub time_added: Option<Time>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeStatus {
    pub conditions: List<Condition>,
    pub allocatable: Map,
    pub capacity: Map,
    pub node_info: NodeInfo,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeInfo {
    pub kubelet_version: Str,
    pub architecture: Str,
    pub operating_system: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Namespace {
    pub metadata: Meta,
    pub status: NamespaceStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NamespaceStatus {
    pub phase: Str,
    pub conditions: List<Condition>,
}
