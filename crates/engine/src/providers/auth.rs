//! Adding, changing and removing providers in the configuration file.

use super::ProviderError;
use super::choose::known;
use super::keys::missing;
use super::settings::{Checked, KEY_SETTINGS, Setting};
use crate::config::{AiChange, AiStep, Change, Config, ConfigFile, Provider};
use view::Sensitive;

/// The settings that were given, and nothing else: what is absent stays as it is. An empty text takes a setting
/// away. Has no `Debug`: it may hold a key.
#[derive(Clone, Default)]
pub struct Given(Vec<(Setting, Sensitive)>);

impl Given {
    /// Adds a setting.
    pub fn set(&mut self, setting: Setting, text: &str) {
        self.0.push((setting, Sensitive::new(text.as_bytes())));
    }

    /// Adds a key.
    pub fn set_key(&mut self, key: Sensitive) {
        self.0.push((Setting::Password, key));
    }

    /// Takes the key out again, if one was given.
    pub fn take_key(&mut self) -> Option<Sensitive> {
        let at = self.0.iter().position(|(setting, _)| *setting == Setting::Password)?;
        Some(self.0.remove(at).1)
    }

    /// True when a setting was given.
    pub fn has(&self, setting: Setting) -> bool {
        self.0.iter().any(|(have, _)| *have == setting)
    }

    /// True when nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each setting with its checked value, none for one that is to go.
    fn checked(&self) -> Result<Vec<(Setting, Option<Checked>)>, ProviderError> {
        let keys: Vec<&'static str> =
            KEY_SETTINGS.iter().filter(|setting| self.has(**setting)).map(|setting| setting.flag()).collect();
        if keys.len() > 1 {
            return Err(ProviderError::TwoKeys { flags: keys });
        }
        self.0
            .iter()
            .map(|(setting, text)| {
                let text = String::from_utf8_lossy(text.expose_for_computation());
                if text.trim().is_empty() && *setting != Setting::PasswordKeyring {
                    return Ok((*setting, None));
                }
                let bad = |problem| ProviderError::BadValue { place: setting.flag(), problem };
                Ok((*setting, Some(setting.parse(&text).map_err(bad)?)))
            })
            .collect()
    }
}

/// What a change did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The providers, as their backends spell them, in the order given.
    pub names: Vec<String>,
    /// What the reader should know beside it.
    pub warnings: Vec<String>,
}

/// Whether a key has to be asked for before this provider can be added. Refuses what [`add`] would refuse, so
/// that nobody types a key in vain.
pub fn needs_key(file: &ConfigFile, name: &str, given: &Given) -> Result<bool, ProviderError> {
    let (provider, _) = new(&file.load()?, name, given)?;
    Ok(missing(&provider).contains(&Setting::Password))
}

/// Adds a provider with the settings that were given and no others.
pub fn add(file: &ConfigFile, name: &str, given: &Given) -> Result<Changed, ProviderError> {
    let mut changed = Changed { names: Vec::new(), warnings: Vec::new() };
    file.update(|config| {
        let (provider, checked) = new(config, name, given)?;
        if missing(&provider).contains(&Setting::Password) {
            return Err(ProviderError::NoKey { name: provider.name });
        }
        changed.names = vec![provider.name.clone()];
        changed.warnings = warnings(&checked, config.default_provider.as_deref(), &provider.name);
        let keys = checked.iter().map(|(setting, value)| (setting.key(), value.as_ref().map(Checked::yaml)));
        Ok(ai(vec![AiStep::Set(provider.name, keys.collect())]))
    })?;
    Ok(changed)
}

type Checks = Vec<(Setting, Option<Checked>)>;

fn new(config: &Config, name: &str, given: &Given) -> Result<(Provider, Checks), ProviderError> {
    let name = known(name, "")?.to_owned();
    if config.provider(&name).is_some() {
        return Err(ProviderError::Exists { name });
    }
    let checked = given.checked()?;
    let mut provider = Provider { name, ..Provider::default() };
    put(&checked, &mut provider);
    let flags: Vec<&'static str> =
        missing(&provider).into_iter().filter(|s| *s != Setting::Password).map(Setting::flag).collect();
    match flags.is_empty() {
        true => Ok((provider, checked)),
        false => Err(ProviderError::Incomplete { name: provider.name, flags }),
    }
}

fn put(checked: &Checks, provider: &mut Provider) {
    for (setting, value) in checked {
        if let Some(value) = value {
            value.clone().put(*setting, provider);
        }
    }
}

/// Changes the settings that were given, in each of these providers, and no others.
pub fn update(file: &ConfigFile, names: &[String], given: &Given) -> Result<Changed, ProviderError> {
    let mut changed = Changed { names: Vec::new(), warnings: Vec::new() };
    file.update(|config| {
        let names = configured(config, names)?;
        if given.is_empty() {
            return Err(ProviderError::NothingGiven { names });
        }
        let checked = given.checked()?;
        changed.warnings = warnings(&checked, None, "");
        let mut keys: Vec<_> = checked
            .iter()
            .map(|(setting, value)| (setting.key(), value.as_ref().map(Checked::yaml)))
            .collect();
        if KEY_SETTINGS.iter().any(|setting| given.has(*setting)) {
            // A key has one place: the others go.
            let others = KEY_SETTINGS.iter().filter(|setting| !given.has(**setting));
            keys.splice(0..0, others.map(|setting| (setting.key(), None)));
        }
        let steps = names.iter().map(|name| AiStep::Set(name.clone(), keys.clone())).collect();
        changed.names = names;
        Ok(ai(steps))
    })?;
    let config = file.load()?;
    for provider in changed.names.iter().filter_map(|name| config.provider(name)) {
        let flags: Vec<&str> = missing(provider).into_iter().map(Setting::flag).collect();
        if !flags.is_empty() {
            changed.warnings.push(format!(
                "{} cannot be called without {}",
                provider.name,
                flags.join(" and ")
            ));
        }
    }
    Ok(changed)
}

/// Removes providers. When the default one is among them there is no default afterwards.
pub fn remove(file: &ConfigFile, names: &[String]) -> Result<Changed, ProviderError> {
    let mut changed = Changed { names: Vec::new(), warnings: Vec::new() };
    file.update(|config| {
        let names = configured(config, names)?;
        let mut steps: Vec<AiStep> = names.iter().cloned().map(AiStep::Remove).collect();
        let was_default = |name: &String| {
            config.default_provider.as_ref().is_some_and(|default| default.eq_ignore_ascii_case(name))
        };
        if names.iter().any(was_default) {
            steps.push(AiStep::Default(None));
            changed.warnings.push(
                "the default provider was removed; `k8sgpt auth default -p NAME` sets another one".to_owned(),
            );
        }
        changed.names = names;
        Ok::<_, ProviderError>(ai(steps))
    })?;
    Ok(changed)
}

/// Makes a configured provider the default one, and gives its name.
pub fn set_default(file: &ConfigFile, name: &str) -> Result<String, ProviderError> {
    let mut set = String::new();
    file.update(|config| {
        let names = configured(config, &[name.to_owned()])?;
        set = names.into_iter().next().unwrap_or_default();
        Ok::<_, ProviderError>(ai(vec![AiStep::Default(Some(set.clone()))]))
    })?;
    Ok(set)
}

/// The provider that explains when none is asked for and the environment names none.
pub fn default_provider(config: &Config) -> Option<&str> {
    let only = match &config.providers[..] {
        [one] => Some(one.name.as_str()),
        _ => None,
    };
    config.default_provider.as_deref().or(only)
}

/// Names of providers that are configured, each once, as the file spells them.
fn configured(config: &Config, names: &[String]) -> Result<Vec<String>, ProviderError> {
    let mut found: Vec<String> = Vec::new();
    for name in names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        match config.provider(name) {
            Some(provider) if found.contains(&provider.name) => {}
            Some(provider) => found.push(provider.name.clone()),
            None => {
                let configured = config.providers.iter().map(|provider| provider.name.clone()).collect();
                let name = known(name, "")?.to_owned();
                return Err(ProviderError::NotConfigured { name, from: "", configured });
            }
        }
    }
    if found.is_empty() { Err(ProviderError::NothingNamed) } else { Ok(found) }
}

fn warnings(checked: &Checks, default: Option<&str>, name: &str) -> Vec<String> {
    let values = checked.iter().filter_map(|(setting, value)| value.as_ref()?.warning(*setting));
    let other = default.filter(|default| !default.eq_ignore_ascii_case(name));
    let hint = other.map(|default| {
        format!("{default} stays the default provider; `k8sgpt auth default -p {name}` changes that")
    });
    values.chain(hint).collect()
}

fn ai(steps: Vec<AiStep>) -> Option<Change> {
    Some(Change::Ai(AiChange(steps)))
}
