//! The configuration file.
//!
//! The path, the keys and their shapes are the original's. What differs: reading creates and moves
//! nothing, and a change touches only the bytes of the key that changes, so that comments, unknown
//! keys and their order survive. A file that cannot be understood is refused, never overwritten.

mod emit;
mod error;
mod file;
mod outline;
mod parse;
mod paths;
mod splice;
mod write;

#[cfg(test)]
mod tests;

use emit::Yaml;
use view::Sensitive;

pub use error::ConfigError;
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
    pub cache: Option<CacheSection>,
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

/// An AI provider. Has no `Debug`: it holds a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    /// Name of the backend (`openai`, `ollama`).
    pub name: String,
    /// Model to ask; the backend's own default when absent.
    pub model: Option<String>,
    /// Base URL, sealed because it may carry credentials.
    pub base_url: Option<Sensitive>,
    /// API key.
    pub password: Option<Sensitive>,
}

/// Backends that need no password.
const PASSWORDLESS: &[&str] = &[
    "localai",
    "ollama",
    "amazonsagemaker",
    "amazonbedrock",
    "amazonbedrockconverse",
    "googlevertexai",
    "oci",
    "customrest",
    "bedrockmantle",
    "litellm",
    "noopai",
];

impl Provider {
    /// True when nothing that the backend needs to be called is known to be missing.
    pub fn configured(&self) -> bool {
        self.password.is_some() || PASSWORDLESS.iter().any(|name| name.eq_ignore_ascii_case(&self.name))
    }
}

/// Where explanations are cached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheSection {
    /// Files of this machine.
    File,
    /// Google Cloud Storage.
    Gcs {
        /// Project that owns the bucket.
        project_id: String,
        /// Region of the bucket.
        region: String,
        /// Name of the bucket.
        bucket_name: String,
    },
    /// Azure Blob Storage.
    Azure {
        /// Name of the storage account.
        storage_account: String,
        /// Name of the container.
        container: String,
    },
    /// S3 or a service that speaks its protocol.
    S3 {
        /// Region of the bucket.
        region: String,
        /// Name of the bucket.
        bucket_name: String,
        /// URL of the service; empty means AWS.
        endpoint: String,
        /// Skips the verification of the TLS certificate.
        insecure: bool,
    },
    /// An Interplex server.
    Interplex {
        /// `host:port`.
        connection_string: String,
    },
}

impl CacheSection {
    /// The name under `cache.currentCacheType`.
    pub fn kind(&self) -> &'static str {
        match self {
            CacheSection::File => "file",
            CacheSection::Gcs { .. } => "gcs",
            CacheSection::Azure { .. } => "azure",
            CacheSection::S3 { .. } => "s3",
            CacheSection::Interplex { .. } => "interplex",
        }
    }
}

/// An analyzer that runs elsewhere and is called by gRPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomAnalyzer {
    /// Unique name.
    pub name: String,
    /// Host name or address.
    pub url: String,
    /// TCP port.
    pub port: u16,
}

/// A change of one top-level key of the configuration file. The rest of the file stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Replaces `active_filters`.
    ActiveFilters(Vec<String>),
    /// Replaces `cache`.
    Cache(CacheSection),
    /// Replaces `custom_analyzers`.
    CustomAnalyzers(Vec<CustomAnalyzer>),
}

impl Change {
    fn key(&self) -> &'static str {
        match self {
            Change::ActiveFilters(_) => "active_filters",
            Change::Cache(_) => "cache",
            Change::CustomAnalyzers(_) => "custom_analyzers",
        }
    }

    fn value(&self) -> Yaml {
        match self {
            Change::ActiveFilters(names) => Yaml::List(names.iter().map(|name| Yaml::text(name)).collect()),
            Change::Cache(section) => cache_value(section),
            Change::CustomAnalyzers(analyzers) => {
                Yaml::List(analyzers.iter().map(custom_analyzer_value).collect())
            }
        }
    }
}

fn custom_analyzer_value(analyzer: &CustomAnalyzer) -> Yaml {
    let connection = vec![("url", Yaml::text(&analyzer.url)), ("port", Yaml::Int(analyzer.port.into()))];
    Yaml::Map(vec![("name", Yaml::text(&analyzer.name)), ("connection", Yaml::Map(connection))])
}

fn cache_value(section: &CacheSection) -> Yaml {
    let place = match section {
        CacheSection::File => None,
        CacheSection::Gcs { project_id, region, bucket_name } => Some(vec![
            ("projectid", Yaml::text(project_id)),
            ("region", Yaml::text(region)),
            ("bucketname", Yaml::text(bucket_name)),
        ]),
        CacheSection::Azure { storage_account, container } => {
            Some(vec![("storageaccount", Yaml::text(storage_account)), ("container", Yaml::text(container))])
        }
        CacheSection::S3 { region, bucket_name, endpoint, insecure } => Some(vec![
            ("region", Yaml::text(region)),
            ("bucketname", Yaml::text(bucket_name)),
            ("endpoint", Yaml::text(endpoint)),
            ("insecure", Yaml::Bool(*insecure)),
        ]),
        CacheSection::Interplex { connection_string } => {
            Some(vec![("connectionString", Yaml::text(connection_string))])
        }
    };
    let mut keys = vec![("currentCacheType", Yaml::text(section.kind()))];
    keys.extend(place.map(|place| (section.kind(), Yaml::Map(place))));
    Yaml::Map(keys)
}
