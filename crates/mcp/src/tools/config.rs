//! config: custom analyzers and the cache of explanations, in the configuration file.

use engine::config::{CachePlace, Change, Config, ConfigFile, CustomAnalyzer};
use engine::custom;
use futures::FutureExt;
use serde_json::{Value, json};

use super::{Tool, always, cache_section, sometimes};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::output::{Fault, Output};
use crate::read::Args;

/// The tool.
pub static TOOL: Tool = Tool {
    name: "config",
    title: "Configure K8sGPT",
    description: "Configure K8sGPT settings including custom analyzers and cache. Without arguments it shows the current settings. Changes the configuration file, not the cluster.",
    args: &[
        Arg::optional(
            "customAnalyzers",
            Kind::Objects(&[
                Arg::required(
                    "name",
                    Kind::Str,
                    "Unique name of the analyzer: lower-case letters, digits, hyphens and dots",
                ),
                Arg::required(
                    "connection",
                    Kind::Object(&[
                        Arg::required(
                            "url",
                            Kind::Str,
                            "Host of the analyzer, or https://HOST for an encrypted connection, without which only this machine, private addresses and names inside the cluster are called",
                        ),
                        Arg::required("port", Kind::Int { min: 1, max: 65_535 }, "TCP port of the analyzer"),
                    ]),
                    "Where the analyzer is reached",
                ),
            ]),
            "Custom analyzers to add; one of the same name is replaced",
        ),
        Arg::optional(
            "cache",
            Kind::Object(&[
                Arg::required(
                    "type",
                    Kind::Choice(&["s3", "azure", "gcs", "interplex", "file"]),
                    "Type of the cache",
                ),
                Arg::optional("bucketName", Kind::Str, "Bucket, for s3 and gcs").or(&["bucket"]),
                Arg::optional("region", Kind::Str, "Region, for s3 and gcs"),
                Arg::optional(
                    "endpoint",
                    Kind::Str,
                    "URL of a service that speaks S3's protocol, for s3; HOST:PORT, for interplex",
                )
                .or(&["connectionString"]),
                Arg::optional("insecure", Kind::Bool, "Skip the verification of the TLS certificate, for s3"),
                Arg::optional("storageAccount", Kind::Str, "Storage account, for azure"),
                Arg::optional("containerName", Kind::Str, "Container, for azure").or(&["container"]),
                Arg::optional("projectId", Kind::Str, "Project, for gcs"),
            ]),
            "Where explanations are cached; tried before it is saved",
        ),
    ],
    writes: true,
    fields: &[
        always("changed", "array", "keys of the configuration file that were changed"),
        always("customAnalyzers", "array", "custom analyzers: name and connection"),
        always("cache", "object", "cache of explanations: its type and settings"),
        sometimes("notes", "array", "what else to know"),
    ],
    run: |server, args| {
        let server = server.clone();
        async move {
            let mut notes = Vec::new();
            let place = args.value("cache").map(cache_section::read).transpose()?;
            if let Some(place) = &place {
                notes.push(cache_section::tried(&server, place).await?);
            }
            let file = server.engine().config().clone();
            let work = tokio::task::spawn_blocking(move || run(&server, &args, place));
            let done =
                work.await.unwrap_or_else(|error| Err(Fault(format!("the change ended early: {error}"))));
            let (output, added) = done?;
            Ok(probed(&file, notes.into_iter().fold(output, Output::note), added).await)
        }
        .boxed()
    },
};

/// Says of each new analyzer whether it can be reached.
async fn probed(file: &ConfigFile, output: Output, added: Vec<CustomAnalyzer>) -> Output {
    let probes = added.iter().map(|analyzer| custom::probe(file, analyzer));
    let answers = futures::future::join_all(probes).await;
    added.iter().zip(answers).fold(output, |output, (analyzer, answer)| match answer {
        Ok(()) => output.note(format!("custom analyzer {} can be reached", analyzer.name)),
        Err(failure) => output.note(format!("custom analyzer {}: saved, but {failure}", analyzer.name)),
    })
}

/// The answer, and the analyzers that were added.
fn run(
    server: &Server,
    args: &Args,
    place: Option<CachePlace>,
) -> Result<(Output, Vec<CustomAnalyzer>), Fault> {
    let file = server.engine().config();
    let load = || file.load().map_err(|error| Fault(error.to_string()));
    let config = load()?;
    // All is checked before anything is written.
    let mut changes = Vec::new();
    let (mut added, mut notes) = (Vec::new(), Vec::new());
    if let Some(given) = args.value("customAnalyzers").and_then(Value::as_array) {
        let all = merged(&config, given, &mut added, &mut notes)?;
        changes.push(("customAnalyzers", Change::CustomAnalyzers(all)));
    }
    changes.extend(place.map(|place| ("cache", Change::Cache(place))));
    for (_, change) in &changes {
        file.apply(change).map_err(|error| Fault(error.to_string()))?;
    }
    let keys: Vec<&str> = changes.iter().map(|(key, _)| *key).collect();
    let config = load()?;
    let cache = cache_section::shown(config.cache.as_ref());
    let data = json!({ "changed": keys, "customAnalyzers": analyzers(&config), "cache": cache });
    if changes.is_empty() {
        let shown = json!({ "customAnalyzers": data["customAnalyzers"], "cache": data["cache"] });
        let text = serde_json::to_string_pretty(&shown).map_err(|error| Fault(error.to_string()))?;
        return Ok((Output::new(text, data), added));
    }
    let output = Output::new("Successfully added configuration", data);
    Ok((notes.into_iter().fold(output, Output::note), added))
}

/// The configured analyzers and the given ones, which replace those of the same name. `added` gets the latter.
fn merged(
    config: &Config,
    given: &[Value],
    added: &mut Vec<CustomAnalyzer>,
    notes: &mut Vec<String>,
) -> Result<Vec<CustomAnalyzer>, Fault> {
    let mut all = config.custom_analyzers.clone();
    for (at, item) in given.iter().enumerate() {
        let text = |pointer: &str| crate::objects::at(item, pointer).to_owned();
        let (name, url) = (text("/name"), text("/connection/url"));
        let port = item.pointer("/connection/port").and_then(Value::as_u64).unwrap_or_default();
        let port = u16::try_from(port).map_err(|_| {
            Fault::about(&format!("customAnalyzers[{at}].connection.port"), "must be from 1 to 65535")
        })?;
        let mut analyzer = CustomAnalyzer { name, url, port, ..CustomAnalyzer::default() };
        let (same, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|other| other.name == analyzer.name);
        custom::check_beside(&analyzer, &others)
            .map_err(|error| Fault::about(&format!("customAnalyzers[{at}]"), error))?;
        if let Some(known) = same.into_iter().next() {
            if (&known.url, known.port) == (&analyzer.url, analyzer.port) {
                analyzer = known;
            } else if known.token_file.is_some() || known.token_env.is_some() {
                // Whoever may name another host must not be able to send the token there.
                notes.push(format!(
                    "custom analyzer {} is elsewhere now, so its token is not sent there; the configuration file can say so again",
                    analyzer.name
                ));
            }
        }
        added.retain(|other| other.name != analyzer.name);
        added.push(analyzer.clone());
        all = others;
        all.push(analyzer);
    }
    Ok(all)
}

fn analyzers(config: &Config) -> Vec<Value> {
    let shown = |analyzer: &CustomAnalyzer| json!({ "name": analyzer.name, "connection": { "url": without_user(&analyzer.url), "port": analyzer.port } });
    config.custom_analyzers.iter().map(shown).collect()
}

/// A URL without user and password.
pub(super) fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") }
}
