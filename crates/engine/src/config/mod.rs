//! The configuration file.
//!
//! The path, the keys and their shapes are the original's. What differs: reading creates and moves
//! nothing, and a change touches only the bytes of the key that changes, so that comments, unknown
//! keys and their order survive. A file that cannot be understood is refused, never overwritten.

mod ai;
mod emit;
mod error;
mod file;
mod lint;
mod nested;
mod outline;
mod parse;
mod paths;
mod splice;
mod tree;
mod write;

#[cfg(test)]
mod ai_tests;
#[cfg(test)]
mod tests;

pub(crate) use ai::AiStep;
pub(crate) use emit::Yaml;

pub use ai::AiChange;
pub use error::ConfigError;
pub use explain::{CachePlace, Decimal, KeyPlace, Parameters, Provider};
pub use file::ConfigFile;

/// What the configuration file says. Missing keys have their defaults.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Filter names as they were written; empty means the default ones.
    pub active_filters: Vec<String>,
    /// Name of the provider that explains when none is asked for.
    pub default_provider: Option<String>,
    /// AI providers, in the order of the file.
    pub providers: Vec<Provider>,
    /// Where explanations are cached; absent means local files.
    pub cache: Option<CachePlace>,
    /// Analyzers that run elsewhere.
    pub custom_analyzers: Vec<CustomAnalyzer>,
    /// Path of the ignore file, relative to the configuration file; absent means `ignore.yaml` beside it.
    pub ignore_file: Option<String>,
}

impl Config {
    /// The configured provider of this name, in any case.
    pub fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.name.eq_ignore_ascii_case(name))
    }
}

/// An analyzer that runs elsewhere and is called by gRPC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomAnalyzer {
    /// Unique name.
    pub name: String,
    /// Host name or address.
    pub url: String,
    /// TCP port.
    pub port: u16,
    /// File with the token that is sent to it, relative to the configuration file.
    pub token_file: Option<String>,
    /// Variable of the environment that holds the token.
    pub token_env: Option<String>,
    /// File with the certificates of the authorities that may have signed its own, in PEM, relative to the
    /// configuration file.
    pub ca_file: Option<String>,
}

/// A change of one top-level key of the configuration file. The rest of the file stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Changes single keys below `ai`; what it does not name stays there too.
    Ai(AiChange),
    /// Replaces `active_filters`.
    ActiveFilters(Vec<String>),
    /// Replaces `cache`.
    Cache(CachePlace),
    /// Replaces `custom_analyzers`.
    CustomAnalyzers(Vec<CustomAnalyzer>),
}

impl Change {
    fn key(&self) -> &'static str {
        match self {
            Change::Ai(_) => "ai",
            Change::ActiveFilters(_) => "active_filters",
            Change::Cache(_) => "cache",
            Change::CustomAnalyzers(_) => "custom_analyzers",
        }
    }

    /// The changed text; `None` when that cannot be done without touching something else.
    fn apply(&self, text: &str) -> Option<String> {
        let value = match self {
            Change::Ai(change) => return change.apply(text),
            Change::ActiveFilters(names) => Yaml::List(names.iter().map(|name| Yaml::text(name)).collect()),
            Change::Cache(section) => cache_value(section),
            Change::CustomAnalyzers(analyzers) => {
                Yaml::List(analyzers.iter().map(custom_analyzer_value).collect())
            }
        };
        splice::set(text, self.key(), &value)
    }

    /// True for what may hold keys: the file is open to its user alone afterwards.
    fn private(&self) -> bool {
        matches!(self, Change::Ai(_))
    }
}

fn custom_analyzer_value(analyzer: &CustomAnalyzer) -> Yaml {
    let connection = vec![("url", Yaml::text(&analyzer.url)), ("port", Yaml::Int(analyzer.port.into()))];
    let further = [
        ("token_file", &analyzer.token_file),
        ("token_env", &analyzer.token_env),
        ("ca_file", &analyzer.ca_file),
    ];
    let further = further.into_iter().filter_map(|(key, value)| Some((key, Yaml::text(value.as_ref()?))));
    let own = [("name", Yaml::text(&analyzer.name)), ("connection", Yaml::Map(connection))];
    Yaml::Map(own.into_iter().chain(further).collect())
}

fn cache_value(section: &CachePlace) -> Yaml {
    let place = match section {
        CachePlace::File => None,
        CachePlace::Gcs { project_id, region, bucket_name } => Some(vec![
            ("projectid", Yaml::text(project_id)),
            ("region", Yaml::text(region)),
            ("bucketname", Yaml::text(bucket_name)),
        ]),
        CachePlace::Azure { storage_account, container } => {
            Some(vec![("storageaccount", Yaml::text(storage_account)), ("container", Yaml::text(container))])
        }
        CachePlace::S3 { region, bucket_name, endpoint, insecure } => Some(vec![
            ("region", Yaml::text(region)),
            ("bucketname", Yaml::text(bucket_name)),
            ("endpoint", Yaml::text(endpoint)),
            ("insecure", Yaml::Bool(*insecure)),
        ]),
        CachePlace::Interplex { connection_string } => {
            Some(vec![("connectionString", Yaml::text(connection_string))])
        }
    };
    let mut keys = vec![("currentCacheType", Yaml::text(section.kind()))];
    keys.extend(place.map(|place| (section.kind(), Yaml::Map(place))));
    Yaml::Map(keys)
}
