//! Custom analyzers: the entries of the configuration file, and what of them is chosen.

use crate::config::{Change, Config, ConfigError, ConfigFile, CustomAnalyzer};
use crate::error::DidYouMean;
use crate::{Request, filters};
use analyzers::{UnknownFilter, resolve_filter};
use remote::custom::{Address, AddressError, Analyzer, Failure, Limits};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use view::Sensitive;

/// Largest file with a token or with certificates, in bytes.
const FILE_MAX: u64 = 1 << 20;

/// Why custom analyzers could not be changed. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum CustomError {
    /// The name is none.
    #[error(
        "custom analyzer {0:?}: a name has lower-case letters, digits, hyphens and dots, and begins and ends with a letter or digit"
    )]
    Name(String),
    /// A filter is called so.
    #[error("custom analyzer {name:?}: the filter {filter} is called so; choose another name")]
    Filter {
        /// The name.
        name: String,
        /// The filter that it means.
        filter: &'static str,
    },
    /// There is one already.
    #[error(
        "custom analyzer {0}: exists already; `k8sgpt custom-analyzer remove --names {0}` removes it first"
    )]
    Exists(String),
    /// Another one is there.
    #[error("custom analyzer {name}: {other} is at {at} already; choose another host or port")]
    SameAddress {
        /// The new one.
        name: String,
        /// The one that is there.
        other: String,
        /// Host and port.
        at: String,
    },
    /// The address is not taken.
    #[error("custom analyzer {name}: url {reason}")]
    Address {
        /// The analyzer.
        name: String,
        /// Why.
        reason: AddressError,
    },
    /// Both sources of a token.
    #[error("custom analyzer {0}: has a token file and a token variable; give one of them")]
    TwoTokens(String),
    /// Names that are not configured.
    #[error("custom analyzers {} are not configured{}; configured are {}", .names.join(", "), DidYouMean(.near), listed(.known))]
    Unknown {
        /// The names.
        names: Vec<String>,
        /// Names close to the first.
        near: Vec<String>,
        /// Those that are.
        known: Vec<String>,
    },
    /// No name was given.
    #[error("no custom analyzer was named; give one or more names, separated by commas")]
    NothingGiven,
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Checks an entry by itself.
pub fn check(analyzer: &CustomAnalyzer) -> Result<(), CustomError> {
    let name = analyzer.name.clone();
    if !remote::custom::is_name(&name) {
        return Err(CustomError::Name(name.chars().take(80).collect()));
    }
    if let Ok(filter) = resolve_filter(&name) {
        return Err(CustomError::Filter { name, filter });
    }
    if analyzer.token_file.is_some() && analyzer.token_env.is_some() {
        return Err(CustomError::TwoTokens(name));
    }
    match Address::parse(&analyzer.url, analyzer.port) {
        Ok(_) => Ok(()),
        Err(reason) => Err(CustomError::Address { name, reason }),
    }
}

/// Checks that an entry can stand beside others: by itself, and that it shares no name and no address with one of
/// them. Those are not judged again.
pub fn check_beside(analyzer: &CustomAnalyzer, others: &[CustomAnalyzer]) -> Result<(), CustomError> {
    check(analyzer)?;
    let place = |analyzer: &CustomAnalyzer| {
        Address::parse(&analyzer.url, analyzer.port).ok().map(|address| address.authority())
    };
    let at = place(analyzer);
    for other in others {
        if other.name == analyzer.name {
            return Err(CustomError::Exists(other.name.clone()));
        }
        if let Some(at) = at.clone().filter(|_| place(other) == at) {
            let (name, other) = (analyzer.name.clone(), other.name.clone());
            return Err(CustomError::SameAddress { name, other, at });
        }
    }
    Ok(())
}

/// Adds an entry to the configuration file. The analyzer itself is not called.
pub fn add(file: &ConfigFile, analyzer: &CustomAnalyzer) -> Result<(), CustomError> {
    file.update(|config| {
        check_beside(analyzer, &config.custom_analyzers)?;
        let mut all = config.custom_analyzers.clone();
        all.push(analyzer.clone());
        Ok(Some(Change::CustomAnalyzers(all)))
    })
}

/// Removes entries from the configuration file, all or none. Each name may hold several, separated by commas.
/// Gives the names that were removed.
pub fn remove(file: &ConfigFile, names: &[String]) -> Result<Vec<String>, CustomError> {
    let given = filters::split(names).map_err(|_| CustomError::NothingGiven)?;
    file.update(|config| {
        let known: Vec<String> = config.custom_analyzers.iter().map(|known| known.name.clone()).collect();
        let missing: Vec<String> = given.iter().filter(|name| !known.contains(name)).cloned().collect();
        if let Some(first) = missing.first() {
            let near = analyzers::near(first, known.iter().map(String::as_str));
            let near = near.into_iter().map(str::to_owned).collect();
            return Err(CustomError::Unknown { names: missing, near, known });
        }
        let mut left = config.custom_analyzers.clone();
        left.retain(|known| !given.contains(&known.name));
        Ok(Some(Change::CustomAnalyzers(left)))
    })?;
    Ok(given)
}

/// Whether something that speaks gRPC is where the entry says. The analyzer itself is not run.
///
/// # Errors
/// [`Failure`], with what to do about it.
pub async fn probe(file: &ConfigFile, analyzer: &CustomAnalyzer) -> Result<(), Failure> {
    let beside = file.path().parent().unwrap_or(Path::new("")).to_owned();
    remote::custom::reach(&prepared(analyzer.clone(), beside).await?, &limits()).await
}

/// How patient calls are.
pub(crate) fn limits() -> Limits {
    Limits::default()
}

/// An entry with the secrets that it names.
pub(crate) async fn prepared(analyzer: CustomAnalyzer, beside: PathBuf) -> Result<Analyzer, Failure> {
    let reading = tokio::task::spawn_blocking(move || with_secrets(analyzer, &beside));
    reading.await.unwrap_or_else(|error| Err(Failure::Setting(error.to_string())))
}

fn with_secrets(analyzer: CustomAnalyzer, beside: &Path) -> Result<Analyzer, Failure> {
    let address = Address::parse(&analyzer.url, analyzer.port)?;
    let token = match (&analyzer.token_file, &analyzer.token_env) {
        (Some(path), _) => Some(content("token_file", &beside.join(path))?),
        (None, Some(name)) => Some(variable(name)?),
        (None, None) => None,
    };
    let authority =
        analyzer.ca_file.as_ref().map(|path| content("ca_file", &beside.join(path))).transpose()?;
    Ok(Analyzer { name: analyzer.name, address, token, authority })
}

fn variable(name: &str) -> Result<Sensitive, Failure> {
    let value = std::env::var(name).ok().filter(|value| !value.trim().is_empty());
    value.map(|value| Sensitive::new(value.trim().as_bytes())).ok_or_else(|| {
        Failure::Setting(format!("token_env: the variable {name} is not set; set it to the token"))
    })
}

fn content(key: &str, path: &Path) -> Result<Sensitive, Failure> {
    let failed = |reason: String| Failure::Setting(format!("{key} {}: {reason}", path.display()));
    let unread = |error: std::io::Error| failed(format!("cannot be read: {error}"));
    // A pipe would be waited for.
    if !std::fs::metadata(path).map_err(unread)?.is_file() {
        return Err(failed("is no file".to_owned()));
    }
    let mut bytes = Vec::new();
    File::open(path).map_err(unread)?.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(unread)?;
    match bytes.trim_ascii() {
        [] => Err(failed("is empty".to_owned())),
        text if text.len() as u64 > FILE_MAX => Err(failed("is larger than 1 MiB".to_owned())),
        text => Ok(Sensitive::new(text)),
    }
}

/// The names by which filters may select custom analyzers: those that no filter of ours has.
pub(crate) fn names(config: &Config) -> impl Iterator<Item = String> + '_ {
    let free = config.custom_analyzers.iter().filter(|analyzer| resolve_filter(&analyzer.name).is_err());
    free.map(|analyzer| analyzer.name.clone())
}

/// The custom analyzer that a filter name means, in any case.
pub(crate) fn named<'a>(config: &'a Config, given: &str) -> Option<&'a CustomAnalyzer> {
    let given = given.trim();
    let means = |analyzer: &&CustomAnalyzer| analyzer.name.eq_ignore_ascii_case(given);
    config.custom_analyzers.iter().find(means).filter(|_| resolve_filter(given).is_err())
}

/// An unknown filter with the custom analyzers whose names are close to it.
pub(crate) fn nearer(config: &Config, unknown: UnknownFilter) -> UnknownFilter {
    let custom: Vec<String> = names(config).collect();
    let close = analyzers::near(&unknown.given, custom.iter().map(String::as_str));
    let near = unknown.near.into_iter().chain(close.into_iter().map(str::to_owned)).collect();
    UnknownFilter { given: unknown.given, near }
}

/// Why a custom analyzer runs or not when an analysis names none.
pub(crate) fn why(chosen: bool) -> &'static str {
    if chosen { "chosen" } else { "runs when chosen, or with --custom-analysis" }
}

/// Those that a request is to ask: the ones that its filters name, else the active ones, and all of them when
/// it says so.
pub(crate) fn chosen(config: &Config, request: &Request) -> Vec<CustomAnalyzer> {
    let filters = if request.filters.is_empty() { &config.active_filters } else { &request.filters };
    let chosen = |analyzer: &&CustomAnalyzer| {
        let by_name = || filters.iter().filter_map(|given| named(config, given));
        request.custom_analysis || by_name().any(|named| named.name == analyzer.name)
    };
    config.custom_analyzers.iter().filter(chosen).cloned().collect()
}
