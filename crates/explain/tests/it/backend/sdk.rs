//! Our requests against those that the vendors' SDKs were recorded to send.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use explain::{BACKENDS, Backend};
use serde_json::{Value, json};

use super::server::{self, Reply, Request};
use super::{KEY, asked, parameters, provider, question, surroundings};

/// A recording, how our provider is configured for it, and what may differ.
struct Row {
    backend: &'static str,
    /// Name of the recording.
    file: &'static str,
    /// Path after the recorder's URL that the base URL has.
    base: &'static str,
    schema: bool,
    /// JSON pointers into the recording, or `header NAME`, with the reason.
    differs: &'static [(&'static str, &'static str)],
}

const fn row(backend: &'static str, base: &'static str, schema: bool) -> Row {
    Row { backend, file: backend, base, schema, differs: &[] }
}

const NO_DIGEST: (&str, &str) = ("header x-amz-content-sha256", "signed as a header too, which AWS takes");

const ROWS: &[Row] = &[
    row("openai", "/v1", true),
    Row {
        differs: &[
            ("header anthropic-version", "the version that servers of others know as well"),
            ("header authorization", "the key is in x-api-key, as the API documents it and proxies expect"),
        ],
        ..row("anthropic", "", false)
    },
    row("localai", "/v1", true),
    Row { differs: &[("/body/tools", "an empty list that the SDK always sends")], ..row("ollama", "", true) },
    row("azureopenai", "", true),
    Row { file: "azureopenai_directory", ..row("azureopenai", "", true) },
    row("cohere", "/v1", false),
    Row { differs: &[NO_DIGEST], ..row("amazonbedrock", "", false) },
    Row { differs: &[NO_DIGEST], ..row("amazonbedrockconverse", "", false) },
    Row { differs: &[NO_DIGEST], ..row("amazonsagemaker", "", false) },
    row("google", "", true),
    Row {
        differs: &[(
            "/body/response_format",
            "the SDK rewrites schemas for one kind of server; the router takes OpenAI's form",
        )],
        ..row("huggingface", "/v1", true)
    },
    row("googlevertexai", "", true),
    row("oci", "", false),
    Row { file: "oci_cohere", ..row("oci", "", false) },
    row("ibmwatsonxai", "", true),
    row("groq", "/openai/v1", true),
    row("bedrockmantle", "/v1", true),
    row("litellm", "/v1", true),
];

fn recording(name: &str) -> Value {
    let path = format!("{}/fixtures/sdk/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text =
        std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}; run `cargo xtask backends`"));
    serde_json::from_str(&text).unwrap()
}

/// The request in the form of a recording.
fn normal(request: &Request, kept: &[String]) -> Value {
    let mut headers = BTreeMap::new();
    for (name, value) in request.headers.iter().filter(|(name, _)| kept.contains(name)) {
        headers.insert(name.clone(), sealed(name, value));
    }
    json!({
        "method": request.method,
        "path": request.target,
        "headers": headers,
        "body": serde_json::from_slice::<Value>(&request.body).unwrap(),
    })
}

fn sealed(name: &str, value: &str) -> String {
    if let Some(rest) = value.strip_prefix("AWS4-HMAC-SHA256 ") {
        let scope = rest.split("Credential=").nth(1).unwrap().split(',').next().unwrap();
        let scope: Vec<&str> = scope.split('/').skip(2).collect();
        return format!("AWS4-HMAC-SHA256 scope={}", scope.join("/"));
    }
    if let Some(rest) = value.strip_prefix("Signature ") {
        let parts: BTreeMap<&str, &str> = rest.split(',').filter_map(|part| part.split_once('=')).collect();
        let mut names: Vec<&str> = parts["headers"].trim_matches('"').split(' ').collect();
        names.sort_unstable();
        return format!(
            "Signature {} keyId={} headers={}",
            parts["algorithm"],
            parts["keyId"],
            names.join(" ")
        );
    }
    match (name, value.strip_prefix("Bearer ")) {
        ("x-content-sha256", _) => "<digest>".to_owned(),
        (_, Some(token)) if token == KEY || token.starts_with("ey") => "Bearer <key>".to_owned(),
        _ => value.replace(&format!("token-{KEY}"), "<key>").replace(KEY, "<key>"),
    }
}

/// Numbers are equal by their value: `40` and `40.0` are the same to every JSON parser that matters here.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Takes what may differ out of a request.
fn reduced(mut request: Value, row: &Row) -> Value {
    for (place, _) in row.differs {
        if let Some(name) = place.strip_prefix("header ") {
            request["headers"].as_object_mut().unwrap().remove(name);
        } else if let Some((parent, key)) = place.rsplit_once('/') {
            request.pointer_mut(parent).and_then(Value::as_object_mut).unwrap().remove(key);
        }
    }
    request
}

async fn sent(row: &Row) -> Request {
    let (url, seen) = server::start(|request, _| {
        if request.target == "/identity/token" {
            return server::json(200, &json!({ "access_token": KEY, "expires_in": 3600 }));
        }
        Reply::Answer(418, "text/plain", String::new(), b"recorded".to_vec())
    })
    .await;
    let mut provider = provider(row.backend, &format!("{url}{}", row.base));
    provider.parameters = parameters();
    if row.file == "azureopenai_directory" {
        provider.azure_api_type = Some("AZURE_AD".to_owned());
    }
    if row.file == "oci_cohere" {
        provider.model = Some("cohere.command-r-plus-08-2024".to_owned());
    }
    let backend = Backend::new(&provider, &surroundings(&url), &[]).unwrap();
    let (reply, _) = asked(&backend, &question(row.schema)).await;
    assert!(reply.is_err(), "the stand-in refuses");
    let seen = seen.lock().unwrap();
    let requests: Vec<&Request> = seen.iter().filter(|r| r.target != "/identity/token").collect();
    assert_eq!(requests.len(), 1, "one request a question");
    requests[0].clone()
}

#[tokio::test]
async fn requests_are_those_of_the_vendors_sdks() {
    for row in ROWS {
        let recorded = recording(row.file);
        let kept: Vec<String> = recorded["request"]["headers"].as_object().unwrap().keys().cloned().collect();
        let ours = reduced(normal(&sent(row).await, &kept), row);
        let theirs = reduced(recorded["request"].clone(), row);
        assert!(
            same(&ours, &theirs),
            "{}\nours:   {ours:#}\n{}: {theirs:#}",
            row.file,
            recorded["sdk"].as_str().unwrap()
        );
    }
}

/// Every backend has a row, or a reason to have none; the task that prints the table takes it from here.
#[test]
fn the_table() {
    let mut table =
        "| backend | request checked | streaming | tools | parameters sent when set |\n|---|---|---|---|---|\n"
            .to_owned();
    for info in BACKENDS {
        let files = ROWS.iter().filter(|row| row.backend == info.name);
        let mut sdks: Vec<String> =
            files.map(|row| recording(row.file)["sdk"].as_str().unwrap().to_owned()).collect();
        sdks.dedup();
        let checked = match info.name {
            "noopai" => "sends nothing".to_owned(),
            "customrest" => "no SDK exists: against the original's documented form".to_owned(),
            "amazonsagemaker" => {
                format!("{} (path, headers, scope of the signature; the payload is the container's)", sdks[0])
            }
            _ => format!("SDK {}", sdks.first().unwrap_or_else(|| panic!("{} has no row", info.name))),
        };
        let streaming = if info.streams { "yes" } else { "no" };
        let tools = if info.name == "noopai" { "no" } else { "JSON protocol" };
        let sent = if info.name == "noopai" { "none".to_owned() } else { info.parameters.join(", ") };
        let _ = writeln!(table, "| {} | {checked} | {streaming} | {tools} | {sent} |", info.name);
    }
    table.push_str("\nSignatures of AWS and OCI are computed a second time by a test of their own. Differences that are meant:\n\n");
    for row in ROWS {
        for (place, why) in row.differs {
            let _ = writeln!(table, "- {}: `{place}`: {why}", row.file);
        }
    }
    if let Ok(path) = std::env::var("BACKENDS_TABLE") {
        std::fs::write(path, table).unwrap();
    }
}
