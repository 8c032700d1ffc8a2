//! config: custom analyzers and the cache of explanations, in the configuration file.

use engine::config::{CachePlace, Change, Config, CustomAnalyzer};
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
                Arg::required("name", Kind::Str, "Unique name of the analyzer"),
                Arg::required(
                    "connection",
                    Kind::Object(&[
                        Arg::required("url", Kind::Str, "Host name or address of the analyzer"),
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
            let work = tokio::task::spawn_blocking(move || run(&server, &args, place));
            let done =
                work.await.unwrap_or_else(|error| Err(Fault(format!("the change ended early: {error}"))));
            done.map(|output| notes.into_iter().fold(output, Output::note))
        }
        .boxed()
    },
};

fn run(server: &Server, args: &Args, place: Option<CachePlace>) -> Result<Output, Fault> {
    let file = server.engine().config();
    let load = || file.load().map_err(|error| Fault(error.to_string()));
    let config = load()?;
    // All is checked before anything is written.
    let mut changes = Vec::new();
    if let Some(given) = args.value("customAnalyzers").and_then(Value::as_array) {
        changes.push(("customAnalyzers", Change::CustomAnalyzers(merged(&config, given)?)));
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
        return Ok(Output::new(text, data));
    }
    let output = Output::new("Successfully added configuration", data);
    Ok(match keys.contains(&"customAnalyzers") {
        true => output.note(
            "saved to the configuration file; connecting to custom analyzers is not part of this version yet",
        ),
        false => output,
    })
}

/// The configured analyzers and the given ones, which replace those of the same name.
fn merged(config: &Config, given: &[Value]) -> Result<Vec<CustomAnalyzer>, Fault> {
    let mut all = config.custom_analyzers.clone();
    for (at, item) in given.iter().enumerate() {
        let text = |pointer: &str| crate::objects::at(item, pointer).to_owned();
        let field = |name: &str| format!("customAnalyzers[{at}].{name}");
        let (name, url) = (text("/name"), text("/connection/url"));
        let plain = |text: &str| !text.chars().any(|c| c.is_control() || c.is_whitespace());
        if name.len() > 253 || name.chars().any(char::is_control) {
            return Err(Fault::about(&field("name"), "must be one line of at most 253 characters"));
        }
        if url.len() > 2048 || !plain(&url) || url.contains('@') {
            return Err(Fault::about(
                &field("connection.url"),
                "must be a host name or address, without spaces and credentials",
            ));
        }
        let port = item.pointer("/connection/port").and_then(Value::as_u64).unwrap_or_default();
        let port = u16::try_from(port)
            .map_err(|_| Fault::about(&field("connection.port"), "must be from 1 to 65535"))?;
        let analyzer = CustomAnalyzer { name, url, port };
        match all.iter_mut().find(|other| other.name == analyzer.name) {
            Some(other) => *other = analyzer,
            None => all.push(analyzer),
        }
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
