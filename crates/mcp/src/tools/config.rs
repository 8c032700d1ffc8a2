//! config: custom analyzers and the cache of explanations, in the configuration file.

use engine::config::{CachePlace, Change, Config, CustomAnalyzer};
use futures::FutureExt;
use serde_json::{Value, json};

use super::{Tool, always, sometimes};
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
                Arg::required("type", Kind::Choice(&["s3", "azure", "gcs", "file"]), "Type of the cache"),
                Arg::optional("bucketName", Kind::Str, "Bucket, for s3 and gcs").or(&["bucket"]),
                Arg::optional("region", Kind::Str, "Region, for s3 and gcs"),
                Arg::optional("endpoint", Kind::Str, "URL of a service that speaks S3's protocol, for s3"),
                Arg::optional("insecure", Kind::Bool, "Skip the verification of the TLS certificate, for s3"),
                Arg::optional("storageAccount", Kind::Str, "Storage account, for azure"),
                Arg::optional("containerName", Kind::Str, "Container, for azure").or(&["container"]),
                Arg::optional("projectId", Kind::Str, "Project, for gcs"),
            ]),
            "Where explanations are cached",
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
            let work = tokio::task::spawn_blocking(move || run(&server, &args));
            work.await.unwrap_or_else(|error| Err(Fault(format!("the change ended early: {error}"))))
        }
        .boxed()
    },
};

fn run(server: &Server, args: &Args) -> Result<Output, Fault> {
    let file = server.engine().config();
    let load = || file.load().map_err(|error| Fault(error.to_string()));
    let config = load()?;
    // All is checked before anything is written.
    let mut changes = Vec::new();
    if let Some(given) = args.value("customAnalyzers").and_then(Value::as_array) {
        changes.push(("customAnalyzers", Change::CustomAnalyzers(merged(&config, given)?)));
    }
    if let Some(given) = args.value("cache") {
        changes.push(("cache", Change::Cache(section(given)?)));
    }
    for (_, change) in &changes {
        file.apply(change).map_err(|error| Fault(error.to_string()))?;
    }
    let keys: Vec<&str> = changes.iter().map(|(key, _)| *key).collect();
    let config = load()?;
    let data = json!({ "changed": keys, "customAnalyzers": analyzers(&config), "cache": cache(config.cache.as_ref()) });
    if changes.is_empty() {
        let shown = json!({ "customAnalyzers": data["customAnalyzers"], "cache": data["cache"] });
        let text = serde_json::to_string_pretty(&shown).map_err(|error| Fault(error.to_string()))?;
        return Ok(Output::new(text, data));
    }
    let output = Output::new("Successfully added configuration", data);
    Ok(output.note(
        "saved to the configuration file; connecting to custom analyzers and remote caches is not part of this version yet",
    ))
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

/// The cache section that was asked for, with what its type needs.
fn section(given: &Value) -> Result<CachePlace, Fault> {
    let kind = crate::objects::at(given, "/type");
    let text = |key: &str| crate::objects::at(given, &format!("/{key}")).to_owned();
    let needed = |key: &str| match text(key) {
        value if value.is_empty() => {
            Err(Fault::about(&format!("cache.{key}"), format!("required for type {kind}, but not given")))
        }
        value if value.chars().any(char::is_control) => {
            Err(Fault::about(&format!("cache.{key}"), "must be one line"))
        }
        value => Ok(value),
    };
    Ok(match kind {
        "s3" => CachePlace::S3 {
            region: needed("region")?,
            bucket_name: needed("bucketName")?,
            endpoint: text("endpoint"),
            insecure: given.get("insecure").and_then(Value::as_bool).unwrap_or(false),
        },
        "azure" => CachePlace::Azure {
            storage_account: needed("storageAccount")?,
            container: needed("containerName")?,
        },
        "gcs" => CachePlace::Gcs {
            project_id: needed("projectId")?,
            region: needed("region")?,
            bucket_name: needed("bucketName")?,
        },
        _ => CachePlace::File,
    })
}

fn analyzers(config: &Config) -> Vec<Value> {
    let shown = |analyzer: &CustomAnalyzer| json!({ "name": analyzer.name, "connection": { "url": without_user(&analyzer.url), "port": analyzer.port } });
    config.custom_analyzers.iter().map(shown).collect()
}

fn cache(section: Option<&CachePlace>) -> Value {
    match section {
        None | Some(CachePlace::File) => json!({ "type": "file" }),
        Some(CachePlace::Gcs { project_id, region, bucket_name }) => {
            json!({ "type": "gcs", "projectId": project_id, "region": region, "bucketName": bucket_name })
        }
        Some(CachePlace::Azure { storage_account, container }) => {
            json!({ "type": "azure", "storageAccount": storage_account, "containerName": container })
        }
        Some(CachePlace::S3 { region, bucket_name, endpoint, insecure }) => json!({
            "type": "s3", "region": region, "bucketName": bucket_name,
            "endpoint": without_user(endpoint), "insecure": insecure,
        }),
        Some(CachePlace::Interplex { connection_string }) => {
            json!({ "type": "interplex", "connectionString": without_user(connection_string) })
        }
    }
}

/// A URL without user and password.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let rest = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
    if scheme.is_empty() { rest.to_owned() } else { format!("{scheme}://{rest}") }
}
