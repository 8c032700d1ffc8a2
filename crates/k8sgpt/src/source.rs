//! Global arguments and environment to what the engine asks for.

use crate::cli::Global;
use crate::failure::Failure;
use engine::cache::{CacheOptions, Environment};
use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::{Engine, EngineOptions};
use std::path::PathBuf;

/// The configuration file that is meant.
pub fn config(global: &Global) -> ConfigFile {
    ConfigFile::locate(global.config.clone())
}

/// The cluster that is meant. The variables `K8SGPT_KUBECONFIG` and `K8SGPT_KUBECONTEXT` stand in for
/// flags that are not given.
pub fn source(global: &Global) -> Result<Source, Failure> {
    let given = [
        ("--demo", global.demo),
        ("--snapshot", global.snapshot.is_some()),
        ("--kubeconfig or --kubecontext", global.kubeconfig.is_some() || global.kubecontext.is_some()),
    ];
    let given: Vec<&str> = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    if let [first, second, ..] = given[..] {
        return Err(Failure::Usage(format!(
            "{first} and {second} name different clusters; give one of them"
        )));
    }
    if global.demo {
        return Ok(Source::Demo);
    }
    if let Some(path) = &global.snapshot {
        return Ok(Source::Snapshot(path.clone()));
    }
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    Ok(Source::Kubeconfig {
        path: global.kubeconfig.clone().or_else(|| variable("K8SGPT_KUBECONFIG").map(PathBuf::from)),
        context: global.kubecontext.clone().or_else(|| variable("K8SGPT_KUBECONTEXT")),
    })
}

/// An engine over that cluster; the ignore file where one is given.
pub async fn connect(global: &Global, ignore_file: Option<PathBuf>) -> Result<Engine, Failure> {
    let source = source(global)?;
    let live = matches!(source, Source::Kubeconfig { .. });
    let options = EngineOptions { source, config: config(global), ignore_file };
    let engine = Engine::connect(options).await.map_err(|error| failed(&error, live))?;
    let clouds = engine::remote::Settings::new(|name| std::env::var(name).ok());
    Ok(engine.with_clouds(clouds).with_cache(cache()).with_environment(engine::providers::process_env))
}

/// How a cache of explanations is opened: with the credentials and directories of this process.
pub fn cache() -> CacheOptions {
    CacheOptions { environment: Environment::new(|name| std::env::var(name).ok()), ..CacheOptions::default() }
}

/// An engine's error, with what else can be done when there is no cluster to look at.
pub fn failed(error: &engine::Error, live: bool) -> Failure {
    let unreachable = matches!(error, engine::Error::Cluster(_) | engine::Error::NothingRead { .. });
    let hint = if live && unreachable {
        "\nNo cluster at hand? --demo analyses a recorded one, --snapshot PATH your own recording"
    } else {
        ""
    };
    Failure::Failed(format!("{error}{hint}"))
}
