//! Extensions of the API: aggregated servers and custom types.

use super::Condition;
use crate::{List, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIService {
    pub metadata: Meta,
    pub spec: APIServiceSpec,
    pub status: APIServiceStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIServiceSpec {
    pub group: Str,
    pub version: Str,
    /// The server behind it; none for what the API server serves itself.
    pub service: Option<APIServiceTarget>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIServiceTarget {
    pub namespace: Str,
    pub name: Str,
    pub port: Option<i32>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIServiceStatus {
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceDefinition {
    pub metadata: Meta,
    pub status: CustomResourceDefinitionStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceDefinitionStatus {
    pub conditions: List<Condition>,
}
