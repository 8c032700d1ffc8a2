//! Replication controllers, the elders of ReplicaSets.

use super::Condition;
use crate::{List, Meta};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicationController {
    pub metadata: Meta,
    pub status: ReplicationControllerStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ReplicationControllerStatus {
    pub conditions: List<Condition>,
}
