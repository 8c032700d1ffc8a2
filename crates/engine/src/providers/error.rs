//! Why a provider cannot be used or changed.

use super::table::BACKENDS;
use crate::config::ConfigError;
use crate::error::DidYouMean;
use std::fmt;
use std::path::PathBuf;

/// Why a provider cannot be used or changed. No variant holds a key.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// No backend has this name.
    #[error("AI backend {given:?}{} does not exist{}; backends are {}", Named(.from), DidYouMean(.near), Names)]
    Unknown {
        /// What was given.
        given: String,
        /// Where it came from (`K8SGPT_BACKEND`); empty for the caller's own words.
        from: &'static str,
        /// Names close to it.
        near: Vec<String>,
    },
    /// The configuration has no provider of this name.
    #[error(
        "AI provider {name:?}{} is not in the configuration file{}; `k8sgpt auth add -b {name}` adds it",
        Named(.from), Configured(.configured)
    )]
    NotConfigured {
        /// Its name.
        name: String,
        /// Where the name came from; empty for the caller's own words.
        from: &'static str,
        /// The providers that are configured.
        configured: Vec<String>,
    },
    /// The configuration has a provider of this name.
    #[error(
        "AI provider {name:?} is in the configuration file already; `k8sgpt auth update -b {name}` changes it"
    )]
    Exists {
        /// Its name.
        name: String,
    },
    /// No name was given.
    #[error("no AI backend was named; give one with -b NAME")]
    NothingNamed,
    /// Nothing was given to be changed.
    #[error("nothing to change was given for {}; `k8sgpt auth update -h` shows what can be changed", .names.join(", "))]
    NothingGiven {
        /// The providers.
        names: Vec<String>,
    },
    /// Settings are missing without which the backend cannot be called.
    #[error("AI backend {name:?} needs {}", .flags.join(" and "))]
    Incomplete {
        /// Its name.
        name: String,
        /// The flags that give them, each with what it stands for.
        flags: Vec<&'static str>,
    },
    /// The backend has no key.
    #[error(
        "AI provider {name:?} has no key; give one with `k8sgpt auth update -b {name}` and --password-env NAME or --password-file PATH, or set K8SGPT_PASSWORD with K8SGPT_BACKEND={name}"
    )]
    NoKey {
        /// Its name.
        name: String,
    },
    /// Several places of a key were given.
    #[error("{} give a key each; give one of them", .flags.join(" and "))]
    TwoKeys {
        /// The flags.
        flags: Vec<&'static str>,
    },
    /// A value is not accepted.
    #[error("{place}: {problem}")]
    BadValue {
        /// The flag or the variable.
        place: &'static str,
        /// What is wrong; quotes the value unless it may be a credential.
        problem: String,
    },
    /// The key cannot be read from where it is kept.
    #[error("AI provider {name:?}: its key cannot be read from {place}: {problem}")]
    Key {
        /// The provider.
        name: String,
        /// Where the key is kept.
        place: String,
        /// What is wrong.
        problem: String,
    },
    /// The file of a key cannot be used.
    #[error("key file {}: {problem}", path.display())]
    KeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The configuration file.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// ` (from K8SGPT_BACKEND)`, or nothing.
struct Named<'a>(&'a str);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " (from {})", self.0) }
    }
}

struct Configured<'a>(&'a [String]);

impl fmt::Display for Configured<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, ", which has {}", self.0.join(", ")) }
    }
}

struct Names;

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = BACKENDS.iter().map(|backend| backend.name).collect();
        f.write_str(&names.join(", "))
    }
}

impl ProviderError {
    /// True when a name was given that no backend has.
    pub(crate) fn is_slip(&self) -> bool {
        matches!(self, ProviderError::Unknown { .. })
    }
}
