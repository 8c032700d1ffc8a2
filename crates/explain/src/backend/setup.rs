//! A provider's settings, checked and completed: what every request of it is made of.

use reqwest::Url;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use view::Sensitive;

use super::address::{self, Distance};
use super::info::{self, BackendInfo, Protocol};
use super::secrets::Secrets;
use super::{BackendError, Surroundings, claude};
use crate::{Parameters, Provider};

/// What requests are made of. Holds secrets only in `headers`, `basic` and `secrets`.
pub(super) struct Setup {
    pub(super) info: &'static BackendInfo,
    pub(super) model: String,
    /// What is sent; parameters that the model does not take are already gone, each with a warning.
    pub(super) parameters: Parameters,
    /// Without user and password.
    pub(super) base: Url,
    pub(super) region: Option<String>,
    pub(super) project: Option<String>,
    pub(super) compartment: Option<String>,
    /// Deployment (Azure) or endpoint (SageMaker).
    pub(super) deployment: Option<String>,
    pub(super) api_version: Option<String>,
    pub(super) azure: Azure,
    /// Headers that the user wants; they win over ours.
    pub(super) headers: HeaderMap,
    /// User and password of the base URL.
    pub(super) basic: Option<HeaderValue>,
    pub(super) secrets: Secrets,
    pub(super) warnings: Vec<String>,
}

/// Which of Azure's ways is gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Azure {
    #[default]
    Key,
    Directory,
    Cloudflare,
}

/// The text of a sealed value.
pub(super) fn text(sealed: &Sensitive) -> Option<&str> {
    std::str::from_utf8(sealed.expose_for_computation()).ok().map(str::trim).filter(|text| !text.is_empty())
}

fn filled(value: Option<&String>) -> Option<String> {
    value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

impl Setup {
    pub(super) fn of(
        provider: &Provider,
        around: &Surroundings,
        headers: &[(String, Sensitive)],
    ) -> Result<Setup, BackendError> {
        let Some(info) = info::find(&provider.name) else {
            let names: Vec<&str> = info::BACKENDS.iter().map(|info| info.name).collect();
            return Err(BackendError::Unknown { name: provider.name.clone(), known: names.join(", ") });
        };
        let mut warnings = Vec::new();
        let region = region(info, provider, around, &mut warnings);
        let model = model(info, provider)?;
        let mut secrets = Secrets::default();
        for sealed in around.secrets().iter().chain(provider.password.iter()) {
            secrets.add(sealed.expose_for_computation());
        }
        let (base, basic) = base(info, provider, around, region.as_deref(), &mut secrets)?;
        let headers = custom(info, provider, headers, &mut secrets)?;
        let mut setup = Setup {
            info,
            model,
            parameters: provider.parameters.clone(),
            base,
            region,
            project: filled(provider.provider_id.as_ref())
                .or_else(|| around.get("GOOGLE_CLOUD_PROJECT").map(str::to_owned)),
            compartment: filled(provider.compartment_id.as_ref()),
            deployment: filled(provider.engine.as_ref()).or_else(|| filled(provider.endpoint_name.as_ref())),
            api_version: filled(provider.azure_api_version.as_ref()),
            azure: azure(info, provider)?,
            headers,
            basic,
            secrets,
            warnings,
        };
        setup.complete(provider)?;
        setup.reduce();
        Ok(setup)
    }

    /// What this backend cannot be called without.
    fn complete(&self, provider: &Provider) -> Result<(), BackendError> {
        let missing = |what, how| {
            let backend = self.info.name.to_owned();
            Err(BackendError::Missing { backend, what, how })
        };
        for key in self.info.needs {
            match *key {
                "password" if provider.password.as_ref().and_then(text).is_none() => {
                    return missing("an API key", "`k8sgpt auth add --password` or K8SGPT_PASSWORD");
                }
                "engine" if self.deployment.is_none() => return missing("a deployment", "--engine"),
                "endpointname" if self.deployment.is_none() => {
                    return missing("the name of an endpoint", "--endpointname");
                }
                "providerid" if self.project.is_none() => return missing("a project", "--providerId"),
                "compartmentid" if self.compartment.is_none() => {
                    return missing("a compartment", "--compartmentId");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes away what the backend or the model does not take, and says so.
    fn reduce(&mut self) {
        let name = self.info.name;
        if self.parameters.top_k.is_some() && !self.info.parameters.contains(&"topk") {
            self.parameters.top_k = None;
            self.warnings.push(format!("topk is not sent: {name} has no such parameter"));
        }
        if matches!(self.info.protocol, Protocol::Anthropic | Protocol::Converse) {
            let told = claude::reduce(&self.model, &mut self.parameters);
            self.warnings.extend(told);
        }
        if self.info.protocol == Protocol::Converse
            && self.parameters.top_k.is_some()
            && claude::top_k(&self.model, 1).is_none()
        {
            self.parameters.top_k = None;
            let model = &self.model;
            self.warnings.push(format!("topk is not sent: no way is known to set it for {model} on Bedrock"));
        }
        if self.basic.is_some() && self.headers.contains_key(http::header::AUTHORIZATION) {
            self.warnings
                .push("user and password of the base URL are not sent: a header replaces them".into());
        }
    }

    /// Names the organization that is billed. Only OpenAI has them.
    pub(super) fn organize(&mut self, id: &str) -> Result<(), BackendError> {
        if self.info.name != "openai" {
            let name = self.info.name;
            self.warnings.push(format!("organizationid is not sent: {name} has no organizations"));
            return Ok(());
        }
        let value = HeaderValue::from_str(id).map_err(|_| BackendError::Setting {
            backend: self.info.name.to_owned(),
            what: "the organization",
            reason: "it holds characters that no header can".to_owned(),
        })?;
        self.headers.entry("openai-organization").or_insert(value);
        Ok(())
    }

    /// Whether prompts stay on this machine or in a private network.
    pub(super) fn is_near(&self) -> bool {
        self.info.protocol == Protocol::Noop || address::distance_of(&self.base) == Distance::Near
    }
}

/// The model's own region counts, then what is configured, then the environment.
fn region(
    info: &BackendInfo,
    provider: &Provider,
    around: &Surroundings,
    warnings: &mut Vec<String>,
) -> Option<String> {
    let set = filled(provider.provider_region.as_ref());
    let own = provider.model.as_deref().and_then(arn_region);
    match (info.protocol, info.name) {
        (Protocol::Converse | Protocol::SageMaker, _) | (_, "bedrockmantle") => {
            if let (Some(own), Some(set)) = (own, &set)
                && own != set
            {
                warnings.push(format!("region {own} of the model's ARN is used, not {set}"));
            }
            let around = || around.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]).map(str::to_owned);
            own.map(str::to_owned).or(set).or_else(around)
        }
        (_, "googlevertexai") => set.or_else(|| Some("us-central1".to_owned())),
        (Protocol::Watsonx, _) => set.or_else(|| Some("us-south".to_owned())),
        _ => set,
    }
}

/// The region in `arn:aws:bedrock:us-east-1:…`.
fn arn_region(model: &str) -> Option<&str> {
    let mut parts = model.split(':');
    (parts.next() == Some("arn")).then(|| parts.nth(2)).flatten().filter(|region| !region.is_empty())
}

fn model(info: &BackendInfo, provider: &Provider) -> Result<String, BackendError> {
    let known = filled(provider.model.as_ref()).or_else(|| info.model.map(str::to_owned));
    match (known, info.name) {
        (Some(model), _) => Ok(model),
        (None, "azureopenai") => Ok(filled(provider.engine.as_ref()).unwrap_or_default()),
        (None, "amazonsagemaker") => Ok(filled(provider.endpoint_name.as_ref()).unwrap_or_default()),
        (None, "noopai" | "customrest") => Ok(String::new()),
        (None, name) => {
            Err(BackendError::Missing { backend: name.to_owned(), what: "a model", how: "--model" })
        }
    }
}

fn azure(info: &BackendInfo, provider: &Provider) -> Result<Azure, BackendError> {
    if info.name != "azureopenai" {
        return Ok(Azure::Key);
    }
    match filled(provider.azure_api_type.as_ref()).unwrap_or_default().to_ascii_uppercase().as_str() {
        "" | "AZURE" => Ok(Azure::Key),
        "AZURE_AD" | "AZUREAD" => Ok(Azure::Directory),
        "CLOUDFLARE_AZURE" => Ok(Azure::Cloudflare),
        other => Err(BackendError::Setting {
            backend: info.name.to_owned(),
            what: "the Azure API type",
            reason: format!("{other:?} is none of AZURE, AZURE_AD, CLOUDFLARE_AZURE"),
        }),
    }
}

/// The base URL without its user and password, and these as a header.
fn base(
    info: &BackendInfo,
    provider: &Provider,
    around: &Surroundings,
    region: Option<&str>,
    secrets: &mut Secrets,
) -> Result<(Url, Option<HeaderValue>), BackendError> {
    let written = match provider.base_url.as_ref().and_then(text) {
        Some(own) => own.to_owned(),
        None => usual(info, around, region)?,
    };
    let failed = |reason: String| BackendError::Setting {
        backend: info.name.to_owned(),
        what: "the base URL",
        reason,
    };
    let mut url =
        address::permitted(&written, around.is_true("K8SGPT_ALLOW_HTTP")).map_err(
            |reason| match Url::parse(written.trim()) {
                Ok(url) if url.has_host() => BackendError::Forbidden { url: address::shown(&url), reason },
                _ => failed(reason),
            },
        )?;
    if let Some(query) = url.query() {
        secrets.add(query.as_bytes());
    }
    url.set_fragment(None);
    let basic = match url.password() {
        None if url.username().is_empty() => None,
        password => {
            let [user, password] = [url.username(), password.unwrap_or_default()].map(decoded);
            secrets.add(password.as_bytes());
            let pair = base64::Engine::encode(
                &base64::engine::general_purpose::STANDARD,
                format!("{user}:{password}"),
            );
            secrets.add(pair.as_bytes());
            sealed_header(&format!("Basic {pair}"))
        }
    };
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok((url, basic))
}

fn decoded(text: &str) -> String {
    let pairs = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let url = Url::parse(&format!("http://x/?{pairs}")).ok();
    url.and_then(|url| url.query_pairs().next().map(|(_, value)| value.into_owned())).unwrap_or_default()
}

/// Where the vendor's service is.
fn usual(info: &BackendInfo, around: &Surroundings, region: Option<&str>) -> Result<String, BackendError> {
    let missing = |what, how| Err(BackendError::Missing { backend: info.name.to_owned(), what, how });
    let amazon = match info.protocol {
        Protocol::Converse => around.first(&["AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ENDPOINT_URL"]),
        Protocol::SageMaker => around.first(&["AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", "AWS_ENDPOINT_URL"]),
        _ => None,
    };
    let Some(usual) = info.url.or(amazon) else {
        return match info.protocol {
            Protocol::Noop => Ok("http://localhost".to_owned()),
            _ => missing("the URL of the server", "--baseurl"),
        };
    };
    if !usual.contains("{region}") && amazon.is_none() {
        return Ok(usual.to_owned());
    }
    let Some(region) = region else { return missing("a region", "--providerRegion") };
    let letters = region.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if !letters || region.len() > 40 {
        return Err(BackendError::Setting {
            backend: info.name.to_owned(),
            what: "the region",
            reason: "a region has letters, digits and dashes only".to_owned(),
        });
    }
    let own = match (info.name, region) {
        ("googlevertexai", "global") => "https://aiplatform.googleapis.com".to_owned(),
        ("oci", _) => usual.replace("{region}", region),
        _ if region.starts_with("cn-") => usual.replace("amazonaws.com", "amazonaws.com.cn"),
        _ => usual.to_owned(),
    };
    Ok(amazon.map_or_else(|| own.replace("{region}", region), str::to_owned))
}

/// Headers of the configuration, then those of the command line, which win.
fn custom(
    info: &BackendInfo,
    provider: &Provider,
    more: &[(String, Sensitive)],
    secrets: &mut Secrets,
) -> Result<HeaderMap, BackendError> {
    let failed =
        |reason| BackendError::Setting { backend: info.name.to_owned(), what: "a custom header", reason };
    let mut all = HeaderMap::new();
    for group in [&provider.custom_headers[..], more] {
        let mut fresh = HeaderMap::new();
        for (name, value) in group {
            let key = HeaderName::from_bytes(name.trim().as_bytes())
                .map_err(|_| failed(format!("{name:?} is no name of a header")))?;
            let value = text(value).unwrap_or_default();
            let header = sealed_header(value)
                .ok_or_else(|| failed(format!("the value of {name} holds characters that no header can")))?;
            // A scheme before a credential is none of the secret.
            secrets.add(value.as_bytes());
            secrets.add(value.rsplit(' ').next().unwrap_or_default().as_bytes());
            fresh.append(key, header);
        }
        all.extend(fresh);
    }
    Ok(all)
}

/// A header whose value is not printed by any debug output.
pub(super) fn sealed_header(value: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(value).ok()?;
    header.set_sensitive(true);
    Some(header)
}
