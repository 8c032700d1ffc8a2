//! Limits of a namespace.

use crate::{List, Map, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitRange {
    pub metadata: Meta,
    pub spec: LimitRangeSpec,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitRangeSpec {
    pub limits: List<LimitRangeItem>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitRangeItem {
    /// `Container`, `Pod` or `PersistentVolumeClaim`.
    #[serde(rename = "type")]
    pub kind: Str,
    pub max: Map,
    pub min: Map,
    /// Limits that containers get which declare none.
    pub default: Map,
    pub default_request: Map,
    pub max_limit_request_ratio: Map,
}
