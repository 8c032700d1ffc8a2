//! `doctor`: what an analysis and its explanations need, checked all at once, a line each with its fix.

mod here;
mod there;

#[cfg(test)]
mod tests;

use crate::config::{CachePlace, Config, ConfigFile, Provider};
use crate::providers::Env;
use cluster::Source;
use futures::future::BoxFuture;
use serde::Serialize;
use std::path::PathBuf;
use std::time::Duration;

/// Time for a call to an AI provider or a cache.
const CALL_DEADLINE: Duration = Duration::from_secs(10);

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// As it should be.
    Ok,
    /// It works, but somebody should look at it.
    Warning,
    /// It does not work.
    Failed,
}

/// One line of the examination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked (`cluster`).
    pub name: &'static str,
    /// How it ended.
    pub state: State,
    /// What was found, on one line, without control characters and credentials.
    pub text: String,
    /// What to do about it; empty when nothing is to be done.
    pub fix: String,
}

impl Check {
    fn new(name: &'static str, state: State, text: &str, fix: &str) -> Check {
        Check { name, state, text: analyzers::bounded(text), fix: analyzers::bounded(fix) }
    }

    fn ok(name: &'static str, text: &str) -> Check {
        Check::new(name, State::Ok, text, "")
    }

    fn warning(name: &'static str, text: &str, fix: &str) -> Check {
        Check::new(name, State::Warning, text, fix)
    }

    fn failed(name: &'static str, text: &str, fix: &str) -> Check {
        Check::new(name, State::Failed, text, fix)
    }
}

/// Calls a provider that is ready to be called. Gives what to say of it, or what is wrong and what to do.
pub type BackendCheck = Box<dyn FnOnce(Provider) -> BoxFuture<'static, Result<String, String>> + Send>;

/// Tries a cache, local files when none is configured. Gives what to say of it, or what is wrong and what to do.
pub type CacheCheck =
    Box<dyn FnOnce(Option<CachePlace>) -> BoxFuture<'static, Result<String, String>> + Send>;

/// What to look at.
pub struct Examination {
    /// The cluster.
    pub source: Source,
    /// The namespace whose permissions count; all of them when absent.
    pub namespace: Option<String>,
    /// The configuration file.
    pub config: ConfigFile,
    /// The ignore file, when it is not the usual one.
    pub ignore_file: Option<PathBuf>,
    /// The provider that was asked for.
    pub backend: Option<String>,
    /// Calls the provider; without it only its settings are checked.
    pub check_backend: Option<BackendCheck>,
    /// Tries the cache; without it only its type is told.
    pub check_cache: Option<CacheCheck>,
    /// The program's version.
    pub version: String,
}

/// Checks everything at the same time; every call has a deadline of a few seconds. The lines are always the same
/// ones in the same order.
pub async fn examine(what: Examination, env: Env<'_>) -> Vec<Check> {
    let loaded = what.config.load();
    let file = here::config_file(&what.config, &loaded);
    let unread =
        |name| Check::warning(name, "not checked, because the configuration file cannot be read", "");
    let config = loaded.as_ref().ok();
    let ignore = here::ignore_file(&what, config);
    let custom = config.map_or_else(|| unread("custom analyzers"), here::custom_analyzers);
    let chosen = config.map(|config| here::provider(config, env, what.backend.as_deref()));
    let place = config.map(|config| config.cache.clone());
    let backend = async {
        match chosen {
            None => unread("ai provider"),
            Some(chosen) => called(chosen, what.check_backend).await,
        }
    };
    let cache = async {
        match place {
            None => unread("cache"),
            Some(place) => cached(place, what.check_cache).await,
        }
    };
    let filters = crate::filters::effective(config.unwrap_or(&Config::default())).0;
    let cluster = there::cluster(&what.source, what.namespace.as_deref(), &filters);
    let ([cluster, permissions], backend, cache) = futures::join!(cluster, backend, cache);
    let version = Check::ok("version", &what.version);
    vec![version, file, cluster, permissions, backend, cache, custom, ignore]
}

/// What is known of the provider without calling it: the line, and the provider when it can be called.
struct Chosen {
    line: Check,
    ready: Option<Provider>,
}

async fn called(chosen: Chosen, check: Option<BackendCheck>) -> Check {
    let (Some(provider), Some(check)) = (chosen.ready, check) else { return chosen.line };
    answered(chosen.line, check(provider), "`k8sgpt auth update` changes its settings").await
}

async fn cached(place: Option<CachePlace>, check: Option<CacheCheck>) -> Check {
    let line = here::cache(place.as_ref());
    match check {
        None => line,
        Some(check) => {
            answered(line, check(place), "`k8sgpt cache add` sets another one, `cache remove` local files")
                .await
        }
    }
}

/// The line with what a call adds to it.
async fn answered(line: Check, call: BoxFuture<'static, Result<String, String>>, fix: &str) -> Check {
    let said = tokio::time::timeout(CALL_DEADLINE, call).await;
    let said = said.unwrap_or_else(|_| Err(format!("no answer within {} s", CALL_DEADLINE.as_secs())));
    match said {
        Ok(more) if more.is_empty() => line,
        Ok(more) => Check { text: analyzers::bounded(&format!("{}: {more}", line.text)), ..line },
        Err(problem) => Check::failed(line.name, &format!("{}: {problem}", line.text), fix),
    }
}

/// True when nothing failed.
pub fn healthy(checks: &[Check]) -> bool {
    checks.iter().all(|check| check.state != State::Failed)
}
