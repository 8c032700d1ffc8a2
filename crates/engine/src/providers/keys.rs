//! Fetching the key of a provider from where it is kept.

use super::settings::Setting;
use super::table::backend;
use super::{Env, ProviderError};
use crate::config::{Config, KeyPlace, Provider};
use std::io::Read;
use std::path::Path;
use view::Sensitive;

/// More than any key, a service account's file included.
const MAX_BYTES: u64 = 64 << 10;
/// Where AWS' own tools look for the region.
const REGION_VARIABLES: [&str; 2] = ["AWS_REGION", "AWS_DEFAULT_REGION"];

/// The provider, ready to be called: its key is fetched from the variable, the file or the keyring that holds it,
/// and a region that is not configured from where AWS' own tools look.
///
/// # Errors
/// [`ProviderError::Key`] and [`ProviderError::KeyFile`] when the key is not where it should be,
/// [`ProviderError::NoKey`] and [`ProviderError::Incomplete`] when something is missing.
pub fn resolve(provider: &Provider, env: Env<'_>) -> Result<Provider, ProviderError> {
    let mut ready = provider.clone();
    if let Some(place) = ready.key_place.take() {
        ready.password = Some(fetch(&provider.name, &place, env)?);
    }
    if ready.provider_region.is_none() && on_aws(&ready.name) {
        let given = REGION_VARIABLES.iter().filter_map(|name| env(name)).find(|text| !text.trim().is_empty());
        ready.provider_region = given.map(|text| text.trim().to_owned());
    }
    check(&ready)?;
    Ok(ready)
}

/// The provider that explains, ready to be called: [`super::choose`] and [`resolve`] in one. `None` where nothing
/// names one: the built-in guidance explains then.
pub fn ready(config: &Config, env: Env<'_>, asked: Option<&str>) -> Result<Option<Provider>, ProviderError> {
    super::choose(config, env, asked)?.map(|provider| resolve(&provider, env)).transpose()
}

fn on_aws(name: &str) -> bool {
    backend(name).is_some_and(|backend| backend.name.starts_with("amazon") || backend.name == "bedrockmantle")
}

/// Refuses a provider that cannot be called.
fn check(provider: &Provider) -> Result<(), ProviderError> {
    let name = provider.name.clone();
    let missing = missing(provider);
    if missing.contains(&Setting::Password) {
        return Err(ProviderError::NoKey { name });
    }
    match missing.is_empty() {
        true => Ok(()),
        false => {
            Err(ProviderError::Incomplete { name, flags: missing.into_iter().map(Setting::flag).collect() })
        }
    }
}

/// What the backend needs and the provider does not have; [`Setting::Password`] stands for a key in any place.
pub fn missing(provider: &Provider) -> Vec<Setting> {
    let Some(backend) = backend(&provider.name) else { return Vec::new() };
    let keyless = !backend.passwordless && provider.password.is_none() && provider.key_place.is_none();
    let absent = |setting: &Setting| match setting {
        Setting::Engine => provider.engine.is_none(),
        Setting::BaseUrl => provider.base_url.is_none(),
        Setting::ProviderRegion => provider.provider_region.is_none(),
        Setting::ProviderId => provider.provider_id.is_none(),
        Setting::CompartmentId => provider.compartment_id.is_none(),
        Setting::EndpointName => provider.endpoint_name.is_none(),
        _ => false,
    };
    let settings = backend.required.iter().copied().filter(absent);
    keyless.then_some(Setting::Password).into_iter().chain(settings).collect()
}

fn fetch(name: &str, place: &KeyPlace, env: Env<'_>) -> Result<Sensitive, ProviderError> {
    let failed =
        |place: String, problem: String| ProviderError::Key { name: name.to_owned(), place, problem };
    match place {
        KeyPlace::Variable(variable) => {
            let text = env(variable).filter(|text| !text.trim().is_empty());
            let text = text.ok_or_else(|| {
                failed(format!("variable {variable}"), "it is not set here, or empty".to_owned())
            })?;
            Ok(Sensitive::new(text.trim().as_bytes()))
        }
        KeyPlace::File(path) => key_file(path),
        KeyPlace::Keyring => {
            super::keyring::read(name).map_err(|problem| failed("the system's keyring".to_owned(), problem))
        }
    }
}

/// The key that a file holds, without white space around it.
pub fn key_file(path: &Path) -> Result<Sensitive, ProviderError> {
    let failed = |problem: String| ProviderError::KeyFile { path: path.to_owned(), problem };
    let file = std::fs::File::open(path).map_err(|error| failed(format!("cannot be read: {error}")))?;
    key_text(file).map_err(failed)
}

/// The key that a stream holds, without white space around it. The error never quotes it.
pub fn key_text(stream: impl Read) -> Result<Sensitive, String> {
    let mut bytes = Vec::new();
    stream.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|error| format!("cannot be read: {error}"))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err("is larger than 64 KiB, which is no key".to_owned());
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| "is not UTF-8 text".to_owned())?.trim();
    if text.is_empty() {
        return Err("is empty".to_owned());
    }
    Ok(Sensitive::new(text.as_bytes()))
}
