//! What is configured, for people: never a key.

use super::auth::default_provider;
use super::keys::missing;
use super::settings::Setting;
use super::table::BACKENDS;
use crate::config::{Config, KeyPlace, Provider};
use serde::Serialize;
use std::collections::BTreeMap;

/// Where the key of a provider is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// In the configuration file.
    Set,
    /// In a place of its own.
    In(KeyPlace),
    /// Nowhere, and the backend needs one.
    Missing,
    /// Nowhere, and the backend needs none.
    NotNeeded,
}

impl KeyState {
    /// Of a provider.
    pub fn of(provider: &Provider) -> KeyState {
        match (&provider.password, &provider.key_place) {
            (Some(_), _) => KeyState::Set,
            (None, Some(place)) => KeyState::In(place.clone()),
            (None, None) if missing(provider).contains(&Setting::Password) => KeyState::Missing,
            (None, None) => KeyState::NotNeeded,
        }
    }

    /// In words: `set`, `from env NAME`, `from file PATH`, `from the keyring`, `missing`, `not needed`.
    pub fn text(&self) -> String {
        match self {
            KeyState::Set => "set".to_owned(),
            KeyState::In(KeyPlace::Variable(name)) => format!("from env {name}"),
            KeyState::In(KeyPlace::File(path)) => format!("from file {}", path.display()),
            KeyState::In(KeyPlace::Keyring) => "from the keyring".to_owned(),
            KeyState::Missing => "missing".to_owned(),
            KeyState::NotNeeded => "not needed".to_owned(),
        }
    }
}

/// A provider, or a backend that is not configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// It is in the configuration file.
    pub active: bool,
    /// It explains when none is asked for.
    pub default: bool,
    /// Where its key is; empty for what is not configured.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Its other settings, by the file's keys; URLs are without credentials, headers without values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<&'static str, String>,
    /// What it needs and does not have, by the file's keys.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<&'static str>,
}

/// Every backend, and every provider of the file whose name no backend has.
pub fn list(config: &Config) -> Vec<Listed> {
    let default = default_provider(config);
    let strange = config.providers.iter().map(|provider| provider.name.as_str());
    let strange = strange.filter(|name| super::backend(name).is_none());
    let names = BACKENDS.iter().map(|backend| backend.name).chain(strange);
    names
        .map(|name| {
            let provider = config.provider(name);
            Listed {
                name: name.to_owned(),
                active: provider.is_some(),
                default: default.is_some_and(|default| default.eq_ignore_ascii_case(name)),
                key: provider.map(|provider| KeyState::of(provider).text()).unwrap_or_default(),
                settings: provider.map(settings).unwrap_or_default(),
                missing: provider.map(missing).into_iter().flatten().map(Setting::key).collect(),
            }
        })
        .collect()
}

/// Settings that may be shown.
pub(crate) fn settings(provider: &Provider) -> BTreeMap<&'static str, String> {
    let url = |sealed: &view::Sensitive| shown_url(&String::from_utf8_lossy(sealed.expose_for_computation()));
    let numbers = &provider.parameters;
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let headers: Vec<&str> = provider.custom_headers.iter().map(|(name, _)| name.as_str()).collect();
    let values = [
        (Setting::Model, provider.model.clone()),
        (Setting::BaseUrl, provider.base_url.as_ref().map(url)),
        (Setting::ProxyEndpoint, provider.proxy_endpoint.as_ref().map(url)),
        (Setting::EndpointName, provider.endpoint_name.clone()),
        (Setting::Engine, provider.engine.clone()),
        (Setting::ProviderRegion, provider.provider_region.clone()),
        (Setting::ProviderId, provider.provider_id.clone()),
        (Setting::CompartmentId, provider.compartment_id.clone()),
        (Setting::OrganizationId, provider.organization_id.clone()),
        (Setting::AzureApiType, provider.azure_api_type.clone()),
        (Setting::AzureApiVersion, provider.azure_api_version.clone()),
        (Setting::CustomHeaders, Some(headers.join(", ")).filter(|text| !text.is_empty())),
        (Setting::Temperature, numbers.temperature.map(|number| number.get().to_string())),
        (Setting::TopP, numbers.top_p.map(|number| number.get().to_string())),
        (Setting::TopK, number(numbers.top_k)),
        (Setting::MaxTokens, number(numbers.max_tokens)),
        (Setting::StopSequences, Some(numbers.stop_sequences.join(",")).filter(|text| !text.is_empty())),
        (Setting::TimeoutSeconds, provider.timeout_seconds.map(|seconds| seconds.to_string())),
    ];
    values
        .into_iter()
        .filter_map(|(setting, value)| Some((setting.key(), analyzers::bounded(&value?))))
        .collect()
}

/// A URL without user, password, query and fragment, any of which may be a credential.
///
/// ```
/// assert_eq!(engine::providers::shown_url("https://me:pw@host:1/v1?key=x"), "https://host:1/v1");
/// ```
pub fn shown_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return "(no URL)".to_owned() };
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}
