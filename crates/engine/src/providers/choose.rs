//! Which provider explains: the one that was asked for, the environment's, the default one, the only one.

use super::settings::{Checked, Setting};
use super::table::{BACKENDS, backend};
use super::{Env, ProviderError};
use crate::config::{Config, Provider};

/// The variable that names the provider.
const BACKEND_VARIABLE: &str = "K8SGPT_BACKEND";
/// The provider of variables that name none, where the configuration names none either.
const ASSUMED: &str = "openai";
/// The settings whose variables make a provider that the configuration file does not have.
const MAKING: [Setting; 3] = [Setting::Password, Setting::Model, Setting::BaseUrl];

/// Why a provider was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// It was asked for by name.
    Asked,
    /// The environment names or makes it.
    Environment,
    /// It is `ai.defaultprovider`.
    Default,
    /// It is the only one that is configured.
    Only,
}

impl Why {
    /// In words, for a person.
    pub fn text(self) -> &'static str {
        match self {
            Why::Asked => "asked for",
            Why::Environment => "from the environment",
            Why::Default => "ai.defaultprovider",
            Why::Only => "the only one configured",
        }
    }
}

/// A provider and why it is the one.
#[derive(Clone, PartialEq, Eq)]
pub struct Choice {
    /// The provider; its key may still have to be fetched, see [`super::resolve`].
    pub provider: Provider,
    /// Why it was chosen.
    pub why: Why,
}

/// The provider that explains. `None` where nothing names one: the built-in guidance explains then.
///
/// Order: the name that was asked for, `K8SGPT_BACKEND`, `ai.defaultprovider`, the only provider that is
/// configured. The other variables override single settings of the provider that `K8SGPT_BACKEND` names, without
/// it of the one that would be chosen when nobody asks; never of another one, which must not get its key.
pub fn choose(config: &Config, env: Env<'_>, asked: Option<&str>) -> Result<Option<Provider>, ProviderError> {
    Ok(chosen(config, env, asked)?.map(|choice| choice.provider))
}

/// As [`choose`], with the reason.
pub fn chosen(config: &Config, env: Env<'_>, asked: Option<&str>) -> Result<Option<Choice>, ProviderError> {
    let given = Environment::read(env)?;
    let asked = asked.map(str::trim).filter(|name| !name.is_empty());
    let only = match &config.providers[..] {
        [one] => Some(one.name.as_str()),
        _ => None,
    };
    let usual = [
        (given.backend.as_deref(), Why::Environment, BACKEND_VARIABLE),
        (config.default_provider.as_deref(), Why::Default, "ai.defaultprovider"),
        (only, Why::Only, "ai.providers"),
        (given.makes().then_some(ASSUMED), Why::Environment, ""),
    ];
    let usual = usual.into_iter().find_map(|(name, why, from)| Some((name?, why, from)));
    let wanted = asked.map(|name| (name, Why::Asked, "")).or(usual);
    let Some((name, why, from)) = wanted else { return Ok(None) };
    let name = known(name, from)?;
    let own = usual.is_some_and(|(usual, ..)| usual.eq_ignore_ascii_case(name));
    let made = own && (given.backend.is_some() || given.makes());
    let mut provider = match config.provider(name) {
        Some(provider) => provider.clone(),
        None if made => Provider { name: name.to_owned(), ..Provider::default() },
        None => {
            let configured = config.providers.iter().map(|provider| provider.name.clone()).collect();
            return Err(ProviderError::NotConfigured { name: name.to_owned(), from, configured });
        }
    };
    if own {
        for (setting, value) in given.settings {
            value.put(setting, &mut provider);
        }
    }
    Ok(Some(Choice { provider, why }))
}

/// A backend's own spelling of its name.
pub(super) fn known(name: &str, from: &'static str) -> Result<&'static str, ProviderError> {
    backend(name).map(|backend| backend.name).ok_or_else(|| {
        let near = analyzers::near(name.trim(), BACKENDS.iter().map(|backend| backend.name));
        let near = near.into_iter().map(str::to_owned).collect();
        ProviderError::Unknown { given: name.trim().to_owned(), from, near }
    })
}

/// What the environment says of a provider.
struct Environment {
    backend: Option<String>,
    settings: Vec<(Setting, Checked)>,
}

impl Environment {
    fn read(env: Env<'_>) -> Result<Environment, ProviderError> {
        let value = |name: &str| env(name).filter(|text| !text.trim().is_empty());
        let mut settings = Vec::new();
        for setting in Setting::all() {
            let Some(variable) = setting.variable() else { continue };
            if let Some(text) = value(variable) {
                let checked = setting.parse(&text);
                let checked =
                    checked.map_err(|problem| ProviderError::BadValue { place: variable, problem })?;
                settings.push((setting, checked));
            }
        }
        Ok(Environment { backend: value(BACKEND_VARIABLE), settings })
    }

    fn makes(&self) -> bool {
        self.settings.iter().any(|(setting, _)| MAKING.contains(setting))
    }
}
