//! Extensions of the API: aggregated servers and custom types.

use super::Condition;
use crate::{List, Meta};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct APIService {
    pub metadata: Meta,
    pub status: APIServiceStatus,
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
