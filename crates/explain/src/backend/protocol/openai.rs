//! Chat completions: OpenAI, Azure, and the many servers that speak alike.

use serde_json::{Value, json};

use super::super::setup::{Azure, Setup};
use super::{Heard, Manner, Names, Written, at, messages, parameters, str_at, sum, without};
use crate::Ask;

/// The version from which Azure knows the newer name of the token limit.
const AZURE_NEWER: &str = "2024-09-01";
/// The version that the original asks for.
const AZURE_VERSION: &str = "2023-05-15";

pub(super) fn write(setup: &Setup, ask: &Ask, manner: Manner) -> Written {
    let azure = setup.info.name == "azureopenai";
    let url = if azure { azure_url(setup) } else { url(setup, manner) };
    let version = url.query_pairs().find(|(key, _)| key == "api-version").map(|(_, v)| v.into_owned());
    let max_tokens = match setup.info.name {
        "openai" | "groq" | "bedrockmantle" => "max_completion_tokens",
        "azureopenai" if version.as_deref().is_none_or(|v| v >= AZURE_NEWER) => "max_completion_tokens",
        _ => "max_tokens",
    };
    let names =
        Names { temperature: "temperature", top_p: "top_p", top_k: "top_k", max_tokens, stop: "stop" };
    let mut body = parameters(setup, &names);
    body.insert("model".into(), setup.model.clone().into());
    body.insert("messages".into(), messages(ask));
    body.insert("stream".into(), true.into());
    // Azure's older versions refuse what they do not know.
    if !manner.plain && !azure {
        body.insert("stream_options".into(), json!({ "include_usage": true }));
    }
    if let Some(schema) = ask.schema.as_ref().filter(|_| !manner.plain) {
        body.insert("response_format".into(), format(schema));
    }
    Written { url, body: body.into(), headers: Vec::new() }
}

/// How an answer is held to a schema.
pub(super) fn format(schema: &Value) -> Value {
    json!({ "type": "json_schema", "json_schema": { "name": "answer", "schema": schema } })
}

/// True when `/v1` is added to the base URL, which a server behind a path may not want.
pub(in super::super) fn adds_version(setup: &Setup) -> bool {
    let base = without(&setup.base, &["chat", "completions"]);
    let is_version =
        |s: &str| s.strip_prefix('v').is_some_and(|n| n.starts_with(|c: char| c.is_ascii_digit()));
    setup.info.name != "azureopenai" && !base.path().split('/').any(is_version)
}

fn url(setup: &Setup, manner: Manner) -> reqwest::Url {
    let base = without(&setup.base, &["chat", "completions"]);
    match adds_version(setup) && !manner.bare_url {
        true => at(&base, &["v1", "chat", "completions"]),
        false => at(&base, &["chat", "completions"]),
    }
}

fn azure_url(setup: &Setup) -> reqwest::Url {
    let base = without(&setup.base, &["chat", "completions"]);
    let deployment = setup.deployment.as_deref().unwrap_or_default();
    // The newer form of the API has neither deployments in its path nor versions.
    if base.path().trim_end_matches('/').ends_with("/openai/v1") {
        return at(&base, &["chat", "completions"]);
    }
    let mut url = if setup.azure == Azure::Cloudflare || base.path().contains("/deployments/") {
        at(&base, &["chat", "completions"])
    } else {
        at(&without(&base, &["openai"]), &["openai", "deployments", deployment, "chat", "completions"])
    };
    if !url.query_pairs().any(|(key, _)| key == "api-version") {
        url.query_pairs_mut()
            .append_pair("api-version", setup.api_version.as_deref().unwrap_or(AZURE_VERSION));
    }
    url
}

pub(super) fn whole(value: &Value, heard: &mut Heard) {
    heard.known = value.get("choices").is_some();
    match value.pointer("/choices/0/message/content") {
        Some(Value::String(text)) => heard.text.push_str(text),
        Some(Value::Array(parts)) => {
            parts.iter().filter_map(|part| str_at(part, "/text")).for_each(|t| heard.text.push_str(t));
        }
        // Completions of the older kind.
        _ => heard.text.push_str(str_at(value, "/choices/0/text").unwrap_or_default()),
    }
    common(value, "/choices/0/message/refusal", heard);
}

pub(super) fn piece(value: &Value, heard: &mut Heard) {
    if let Some(error) = value.get("error").filter(|e| !e.is_null()).or_else(|| value.get("errors")) {
        heard.failure = Some(str_at(error, "/message").map_or_else(|| error.to_string(), str::to_owned));
        return;
    }
    heard.known |= value.get("choices").is_some();
    let text =
        str_at(value, "/choices/0/delta/content").or_else(|| str_at(value, "/choices/0/message/content"));
    heard.text.push_str(text.unwrap_or_default());
    common(value, "/choices/0/delta/refusal", heard);
}

fn common(value: &Value, refusal: &str, heard: &mut Heard) {
    if let Some(more) = str_at(value, refusal).filter(|text| !text.is_empty()) {
        heard.refusal.get_or_insert_default().push_str(more);
    }
    match str_at(value, "/choices/0/finish_reason") {
        Some("content_filter") => heard.refusal = Some("a content filter stopped it".to_owned()),
        Some("length" | "max_tokens") => (heard.cut, heard.ended) = (true, true),
        Some(reason) if !reason.is_empty() => heard.ended = true,
        _ => {}
    }
    let total = sum(value, &["/usage/total_tokens"]);
    let parts = || sum(value, &["/usage/prompt_tokens", "/usage/completion_tokens"]);
    heard.tokens = total.or_else(parts).or(heard.tokens);
}
