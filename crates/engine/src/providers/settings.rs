//! The settings of a provider: their names everywhere, and what each accepts.

use crate::config::{Decimal, KeyPlace, Provider, Yaml};
use serde_json::Value;
use view::Sensitive;

/// One setting of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the fields of a Provider say what each is")]
pub enum Setting {
    Model,
    Password,
    PasswordEnv,
    PasswordFile,
    PasswordKeyring,
    BaseUrl,
    ProxyEndpoint,
    EndpointName,
    Engine,
    ProviderRegion,
    ProviderId,
    CompartmentId,
    OrganizationId,
    AzureApiType,
    AzureApiVersion,
    CustomHeaders,
    Temperature,
    TopP,
    TopK,
    MaxTokens,
    StopSequences,
    TimeoutSeconds,
}

use Setting::*;

/// The setting, its key in the configuration file, its flag, its environment variable.
type Row = (Setting, &'static str, &'static str, Option<&'static str>);

const ROWS: &[Row] = &[
    (Model, "model", "--model", Some("K8SGPT_MODEL")),
    (Password, "password", "--password", Some("K8SGPT_PASSWORD")),
    (PasswordEnv, "passwordenv", "--password-env", None),
    (PasswordFile, "passwordfile", "--password-file", None),
    (PasswordKeyring, "passwordkeyring", "--keyring", None),
    (BaseUrl, "baseurl", "--baseurl", Some("K8SGPT_BASEURL")),
    (ProxyEndpoint, "proxyendpoint", "--proxy-endpoint", Some("K8SGPT_PROXY_ENDPOINT")),
    (EndpointName, "endpointname", "--endpointname", Some("K8SGPT_ENDPOINT_NAME")),
    (Engine, "engine", "--engine", Some("K8SGPT_ENGINE")),
    (ProviderRegion, "providerregion", "--providerRegion", Some("K8SGPT_REGION")),
    (ProviderId, "providerid", "--providerId", Some("K8SGPT_PROVIDER_ID")),
    (CompartmentId, "compartmentid", "--compartmentId", Some("K8SGPT_COMPARTMENT_ID")),
    (OrganizationId, "organizationid", "--organizationId", Some("K8SGPT_ORGANIZATION_ID")),
    (AzureApiType, "azureapitype", "--azureAPIType", Some("K8SGPT_AZURE_API_TYPE")),
    (AzureApiVersion, "azureapiversion", "--azureAPIVersion", Some("K8SGPT_AZURE_API_VERSION")),
    (CustomHeaders, "customheaders", "--custom-headers", Some("K8SGPT_CUSTOM_HEADERS")),
    (Temperature, "temperature", "--temperature", Some("K8SGPT_TEMPERATURE")),
    (TopP, "topp", "--topp", Some("K8SGPT_TOP_P")),
    (TopK, "topk", "--topk", Some("K8SGPT_TOP_K")),
    (MaxTokens, "maxtokens", "--maxtokens", Some("K8SGPT_MAX_TOKENS")),
    (StopSequences, "stopsequences", "--stopsequences", Some("K8SGPT_STOP_SEQUENCES")),
    (TimeoutSeconds, "timeoutseconds", "--timeout", Some("K8SGPT_TIMEOUT_SECONDS")),
];

/// Where a key may be; one of them at a time.
pub(super) const KEY_SETTINGS: [Setting; 4] = [Password, PasswordEnv, PasswordFile, PasswordKeyring];

/// The temperature above which some backends refuse.
const WARM: f64 = 1.0;

impl Setting {
    /// Every setting.
    pub fn all() -> impl Iterator<Item = Setting> {
        ROWS.iter().map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        // Every setting has its row, which a test checks.
        ROWS.iter().find(|row| row.0 == self).unwrap_or(&ROWS[0])
    }

    /// Its key in the configuration file.
    pub fn key(self) -> &'static str {
        self.row().1
    }

    /// Its flag, with dashes.
    pub fn flag(self) -> &'static str {
        self.row().2
    }

    /// Its environment variable, if it has one.
    pub fn variable(self) -> Option<&'static str> {
        self.row().3
    }

    /// Its value may be a credential and is never shown.
    pub fn secret(self) -> bool {
        matches!(self, Password | BaseUrl | ProxyEndpoint | CustomHeaders)
    }

    /// A checked value. The error says what is accepted, and quotes the text unless it may be a credential.
    pub(super) fn parse(self, text: &str) -> Result<Checked, String> {
        let wrong = |accepted: &str| {
            if self.secret() { accepted.to_owned() } else { format!("{text:?} is not accepted: {accepted}") }
        };
        let between = |least: f64, most: f64| {
            let number = text.trim().parse().ok().and_then(Decimal::new);
            let fits = number.filter(|n| (least..=most).contains(&n.get()));
            fits.map(Checked::Decimal).ok_or_else(|| wrong(&format!("it is a number from {least} to {most}")))
        };
        let positive = || {
            let number = text.trim().parse::<u32>().ok().filter(|n| *n >= 1);
            number.map(Checked::Whole).ok_or_else(|| wrong("it is a whole number from 1 on"))
        };
        match self {
            Temperature => between(0.0, 2.0),
            TopP => between(0.0, 1.0),
            TopK | MaxTokens | TimeoutSeconds => positive(),
            BaseUrl => url(text, &["http", "https"])
                .ok_or_else(|| wrong("it must be a URL that begins with http:// or https:// and a host")),
            ProxyEndpoint => url(text, &["http", "https", "socks5", "socks5h"]).ok_or_else(|| {
                wrong("it must be a URL that begins with http://, https:// or socks5:// and a host")
            }),
            StopSequences => Ok(Checked::List(
                text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect(),
            )),
            CustomHeaders => headers(text).map(Checked::Headers).ok_or_else(|| {
                wrong("headers are Name:value, several separated by commas, without control characters")
            }),
            PasswordKeyring => Ok(Checked::Flag),
            PasswordEnv if !variable_name(text) => {
                Err(wrong("it is the name of an environment variable, letters, digits and underscores"))
            }
            AzureApiType => ["AZURE", "AZURE_AD", "CLOUDFLARE_AZURE"]
                .into_iter()
                .find(|known| known.eq_ignore_ascii_case(text.trim()))
                .map(|known| Checked::Text(known.to_owned()))
                .ok_or_else(|| wrong("it is AZURE, AZURE_AD or CLOUDFLARE_AZURE")),
            Password => Ok(Checked::Text(text.trim().to_owned())),
            _ if text.chars().any(char::is_control) => Err("holds control characters".to_owned()),
            _ => Ok(Checked::Text(text.trim().to_owned())),
        }
    }
}

/// A value that its setting accepts.
#[derive(Clone, PartialEq)]
pub(super) enum Checked {
    Text(String),
    Decimal(Decimal),
    Whole(u32),
    List(Vec<String>),
    Headers(Vec<(String, String)>),
    Flag,
}

impl Checked {
    /// As the configuration file has it.
    pub(super) fn yaml(&self) -> Yaml {
        match self {
            Checked::Text(text) => Yaml::text(text),
            Checked::Decimal(number) => Yaml::Json(Value::from(number.get())),
            Checked::Whole(number) => Yaml::Int((*number).into()),
            Checked::List(texts) => Yaml::Json(Value::from(texts.clone())),
            Checked::Headers(pairs) => Yaml::Json(
                pairs.iter().map(|(name, value)| serde_json::json!({ name.as_str(): [value] })).collect(),
            ),
            Checked::Flag => Yaml::Bool(true),
        }
    }

    /// What the reader should think about.
    pub(super) fn warning(&self, setting: Setting) -> Option<String> {
        match self {
            Checked::Decimal(number) if setting == Temperature && number.get() > WARM => {
                Some(format!("temperature {} is above 1, which some backends refuse", number.get()))
            }
            _ => None,
        }
    }

    /// Puts it into a provider.
    pub(super) fn put(self, setting: Setting, provider: &mut Provider) {
        let numbers = &mut provider.parameters;
        match (setting, self) {
            (Temperature, Checked::Decimal(number)) => numbers.temperature = Some(number),
            (TopP, Checked::Decimal(number)) => numbers.top_p = Some(number),
            (TopK, Checked::Whole(number)) => numbers.top_k = Some(number),
            (MaxTokens, Checked::Whole(number)) => numbers.max_tokens = Some(number),
            (TimeoutSeconds, Checked::Whole(number)) => provider.timeout_seconds = Some(number.into()),
            (StopSequences, Checked::List(texts)) => numbers.stop_sequences = texts,
            (CustomHeaders, Checked::Headers(pairs)) => {
                let sealed =
                    pairs.into_iter().map(|(name, value)| (name, Sensitive::new(value.into_bytes())));
                provider.custom_headers = sealed.collect();
            }
            (PasswordKeyring, _) => key(provider, None, Some(KeyPlace::Keyring)),
            (setting, Checked::Text(text)) => put_text(setting, text, provider),
            _ => {}
        }
    }
}

fn put_text(setting: Setting, text: String, provider: &mut Provider) {
    let sealed = |text: String| Some(Sensitive::new(text.into_bytes()));
    match setting {
        Password => key(provider, sealed(text), None),
        PasswordEnv => key(provider, None, Some(KeyPlace::Variable(text))),
        PasswordFile => key(provider, None, Some(KeyPlace::File(text.into()))),
        BaseUrl => provider.base_url = sealed(text),
        ProxyEndpoint => provider.proxy_endpoint = sealed(text),
        Model => provider.model = Some(text),
        EndpointName => provider.endpoint_name = Some(text),
        Engine => provider.engine = Some(text),
        ProviderRegion => provider.provider_region = Some(text),
        ProviderId => provider.provider_id = Some(text),
        CompartmentId => provider.compartment_id = Some(text),
        OrganizationId => provider.organization_id = Some(text),
        AzureApiType => provider.azure_api_type = Some(text),
        AzureApiVersion => provider.azure_api_version = Some(text),
        _ => {}
    }
}

fn key(provider: &mut Provider, password: Option<Sensitive>, place: Option<KeyPlace>) {
    provider.password = password;
    provider.key_place = place;
}

fn url(text: &str, schemes: &[&str]) -> Option<Checked> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?.rsplit('@').next()?;
    let known = schemes.iter().any(|known| known.eq_ignore_ascii_case(scheme));
    let plain = !text.chars().any(|c| c.is_control() || c.is_whitespace());
    (known && plain && !host.is_empty() && !host.starts_with(':')).then(|| Checked::Text(text.to_owned()))
}

fn variable_name(text: &str) -> bool {
    let text = text.trim();
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `Name:value,Name:value`. A comma before what is no header belongs to the value.
fn headers(text: &str) -> Option<Vec<(String, String)>> {
    let name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let mut found: Vec<(String, String)> = Vec::new();
    for part in text.split(',') {
        let header = part.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
        let header =
            header.filter(|(n, value)| !n.is_empty() && n.chars().all(name) && !value.starts_with("//"));
        match (header, found.last_mut()) {
            (Some((name, value)), _) => found.push((name.to_owned(), value.to_owned())),
            (None, Some((_, last))) => {
                last.push(',');
                last.push_str(part);
            }
            (None, None) => return None,
        }
    }
    let plain = found.iter().all(|(_, value)| !value.chars().any(char::is_control));
    plain.then_some(found)
}
