//! ConfigMaps, Secrets, service accounts, quotas: sizes and names of what they hold. Of the values only
//! configurations of Prometheus are kept, sealed.

use super::NameRef;
use crate::data::{self, KeySizes};
use crate::{List, Map, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigMap {
    pub metadata: Meta,
    #[serde(deserialize_with = "data::of_config_map")]
    pub data: KeySizes,
    #[serde(deserialize_with = "data::encoded")]
    pub binary_data: KeySizes,
}

/// Type and key names of a Secret. Its values are skipped while parsing and never held, except those
/// whose key is the name of a Prometheus configuration.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Secret {
    pub metadata: Meta,
    #[serde(rename = "type")]
    pub kind: Str,
    #[serde(deserialize_with = "data::encoded")]
    pub data: KeySizes,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceAccount {
    pub metadata: Meta,
    pub image_pull_secrets: List<NameRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceQuota {
    pub metadata: Meta,
    pub spec: QuotaSpec,
    pub status: QuotaStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaSpec {
    pub hard: Map,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaStatus {
    pub hard: Map,
    pub used: Map,
}
