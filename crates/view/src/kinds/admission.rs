//! Admission webhooks.

use crate::{LabelSelector, List, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ValidatingWebhookConfiguration {
    pub metadata: Meta,
    pub webhooks: List<Webhook>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct MutatingWebhookConfiguration {
    pub metadata: Meta,
    pub webhooks: List<Webhook>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Webhook {
    pub name: Str,
    pub client_config: WebhookClient,
    /// `Fail` (the default) or `Ignore`.
    pub failure_policy: Str,
    pub rules: List<WebhookRule>,
    pub namespace_selector: LabelSelector,
    pub object_selector: LabelSelector,
    pub timeout_seconds: Option<i64>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookClient {
    pub service: Option<WebhookService>,
    pub url: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookService {
    pub namespace: Str,
    pub name: Str,
    pub port: Option<i32>,
    pub path: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookRule {
    pub operations: List<Str>,
    pub api_groups: List<Str>,
    pub resources: List<Str>,
}
