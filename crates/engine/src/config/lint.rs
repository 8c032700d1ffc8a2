//! What is odd in a configuration file without being wrong.

use super::Config;
use crate::error::DidYouMean;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::path::Path;

/// Keys that this program reads, and those that the original writes without effect.
const TOP: &[&str] = &[
    "active_filters",
    "ai",
    "cache",
    "custom_analyzers",
    "ignore_file",
    "backend_type",
    "kubeconfig",
    "kubecontext",
    "verbose",
    "version",
    "commit",
    "date",
    "builtby",
];
const AI: &[&str] = &["defaultprovider", "providers"];
const PROVIDER: &[&str] = &[
    "name",
    "model",
    "password",
    "passwordenv",
    "passwordfile",
    "passwordkeyring",
    "baseurl",
    "proxyendpoint",
    "proxyport",
    "endpointname",
    "engine",
    "temperature",
    "providerregion",
    "providerid",
    "compartmentid",
    "topp",
    "topk",
    "maxtokens",
    "stopsequences",
    "organizationid",
    "azureapitype",
    "azureapiversion",
    "customheaders",
    "timeoutseconds",
];

/// Keys that nobody reads, with their place.
pub(super) fn unknown_keys(root: &Map<String, Value>) -> Vec<String> {
    let mut found = unknown(root, TOP, "");
    let Some(ai) = get(root, "ai").and_then(Value::as_object) else { return found };
    found.extend(unknown(ai, AI, "ai."));
    let providers = get(ai, "providers").and_then(Value::as_array);
    for item in providers.into_iter().flatten().filter_map(Value::as_object) {
        let name = get(item, "name").and_then(Value::as_str).unwrap_or_default();
        found.extend(unknown(item, PROVIDER, &format!("ai.providers {name}: ")));
    }
    found
}

fn unknown(map: &Map<String, Value>, known: &[&str], place: &str) -> Vec<String> {
    let read = |key: &str| known.iter().any(|known| known.eq_ignore_ascii_case(key));
    map.keys()
        .filter(|key| !read(key))
        .map(|key| {
            let near: Vec<String> =
                analyzers::near(key, known.iter().copied()).into_iter().map(str::to_owned).collect();
            format!("{place}{key:?} is no key that is read{}", DidYouMean(&near))
        })
        .collect()
}

fn get<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    map.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}

/// Names that stand for two things.
pub(super) fn twice(config: &Config) -> Vec<String> {
    let providers = config.providers.iter().map(|provider| ("ai.providers", provider.name.to_lowercase()));
    let analyzers = config.custom_analyzers.iter().map(|one| ("custom_analyzers", one.name.to_lowercase()));
    let mut seen = BTreeSet::new();
    providers
        .chain(analyzers)
        .filter(|entry| !seen.insert(entry.clone()))
        .map(|(place, name)| format!("{place}: {name:?} is there twice, and the first one counts"))
        .collect()
}

/// That others on this machine can read the file.
#[cfg(unix)]
pub(super) fn readable_by_others(path: &Path) -> Option<String> {
    use std::os::unix::fs::PermissionsExt;
    let mode = path.metadata().ok()?.permissions().mode() & 0o777;
    (mode & 0o077 != 0)
        .then(|| format!("its mode is {mode:04o}, so others can read the keys in it; chmod 600 it"))
}

/// That others on this machine can read the file: cannot be told here.
#[cfg(not(unix))]
pub(super) fn readable_by_others(_path: &Path) -> Option<String> {
    None
}
