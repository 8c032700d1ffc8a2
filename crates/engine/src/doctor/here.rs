//! What can be checked on this machine.

use super::{Check, Chosen, Examination};
use crate::config::{CachePlace, Config, ConfigError, ConfigFile};
use crate::known;
use crate::providers::{self, Env, KeyState};
use std::path::Path;

pub(super) fn config_file(file: &ConfigFile, loaded: &Result<Config, ConfigError>) -> Check {
    let name = "configuration";
    if let Err(error) = loaded {
        return Check::failed(name, &error.to_string(), "");
    }
    let Some(path) = file.found() else {
        return Check::ok(name, "no configuration file: the defaults hold");
    };
    let mut odd = file.oddities().unwrap_or_default();
    odd.extend(loaded.as_ref().map(|config| crate::filters::effective(config).1).unwrap_or_default());
    let path = path.display();
    match &odd[..] {
        [] => Check::ok(name, &path.to_string()),
        odd => Check::warning(name, &format!("{path}: {}", odd.join("; ")), "change the file as it says"),
    }
}

pub(super) fn ignore_file(what: &Examination, config: Option<&Config>) -> Check {
    let name = "ignore file";
    let beside = what.config.path().parent().unwrap_or(Path::new(""));
    let configured = config.and_then(|config| config.ignore_file.as_deref());
    match known::ignore_file(what.ignore_file.as_deref(), configured, beside) {
        Err(error) => {
            Check::failed(name, &error.to_string(), "correct it, or pass another with --ignore-file")
        }
        Ok(file) => match file.len() {
            0 => Check::ok(name, "none: nothing is hidden"),
            count => Check::ok(
                name,
                &format!(
                    "{} in {}",
                    crate::render::counted(count, "entry").replace("entrys", "entries"),
                    file.path().display()
                ),
            ),
        },
    }
}

pub(super) fn custom_analyzers(config: &Config) -> Check {
    let all: Vec<String> = config
        .custom_analyzers
        .iter()
        .map(|one| format!("{} at {}:{}", one.name, one.url, one.port))
        .collect();
    match &all[..] {
        [] => Check::ok("custom analyzers", "none"),
        all => Check::ok("custom analyzers", &format!("{}: {}", all.len(), all.join(", "))),
    }
}

pub(super) fn cache(place: Option<&CachePlace>) -> Check {
    Check::ok("cache", place.map_or("file", CachePlace::kind))
}

pub(super) fn provider(config: &Config, env: Env<'_>, asked: Option<&str>) -> Chosen {
    let name = "ai provider";
    let only = |line| Chosen { line, ready: None };
    let choice = match providers::chosen(config, env, asked) {
        Err(error) => return only(Check::failed(name, &error.to_string(), "")),
        Ok(None) => {
            let text =
                "none: explanations are the built-in guidance of each rule; `k8sgpt auth add` adds one";
            return only(Check::ok(name, text));
        }
        Ok(Some(choice)) => choice,
    };
    let provider = &choice.provider;
    let model =
        provider.model.as_ref().map_or("the default model".to_owned(), |name| format!("model {name}"));
    let key = KeyState::of(provider).text();
    let text = format!("{} ({}), {model}, key {key}", provider.name, choice.why.text());
    match providers::resolve(provider, env) {
        Ok(ready) => Chosen { line: Check::ok(name, &text), ready: Some(ready) },
        Err(error) => only(Check::failed(name, &error.to_string(), "")),
    }
}
