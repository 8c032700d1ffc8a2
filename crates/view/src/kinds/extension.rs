//! Extensions of the API: aggregated servers and custom types.

use super::{Condition, WebhookClient};
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
    /// None when the API server serves the group itself.
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
    pub spec: CustomResourceDefinitionSpec,
    pub status: CustomResourceDefinitionStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceDefinitionSpec {
    pub group: Str,
    pub scope: Str,
    pub names: CustomResourceNames,
    pub versions: List<CustomResourceVersion>,
    pub conversion: Option<CustomResourceConversion>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceNames {
    pub kind: Str,
    pub plural: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceVersion {
    pub name: Str,
    pub served: bool,
    pub storage: bool,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceConversion {
    /// `None` or `Webhook`.
    pub strategy: Str,
    pub webhook: Option<ConversionWebhook>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ConversionWebhook {
    pub client_config: Option<WebhookClient>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CustomResourceDefinitionStatus {
    pub conditions: List<Condition>,
}
