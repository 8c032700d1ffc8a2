//! Converse of Amazon Bedrock: one form for the models of all vendors.

use serde_json::{Map, Value, json};

use super::super::claude;
use super::super::setup::Setup;
use super::{Heard, Names, Written, at, parameters, str_at, sum, turns};
use crate::Ask;

const NAMES: Names = Names {
    temperature: "temperature",
    top_p: "topP",
    top_k: "",
    max_tokens: "maxTokens",
    stop: "stopSequences",
};

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let (system, turns) = turns(ask);
    let mut body = Map::new();
    let one =
        |(who, text): &(crate::Role, String)| json!({ "role": who.name(), "content": [{ "text": text }] });
    body.insert("messages".into(), turns.iter().map(one).collect());
    if !system.is_empty() {
        body.insert("system".into(), json!([{ "text": system }]));
    }
    let how = parameters(setup, &NAMES);
    if !how.is_empty() {
        body.insert("inferenceConfig".into(), how.into());
    }
    if let Some(more) = setup.parameters.top_k.and_then(|top_k| claude::top_k(&setup.model, top_k)) {
        body.insert("additionalModelRequestFields".into(), more);
    }
    let mut url = at(&setup.base, &["model"]);
    // A model's name holds colons and slashes, which AWS wants encoded, and a URL would leave as they are.
    let path = format!("{}/{}/converse-stream", url.path(), encoded(&setup.model));
    url.set_path(&path);
    Written { url, body: body.into(), headers: Vec::new() }
}

/// Everything encoded but letters, digits and `-._~`.
pub(super) fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

pub(super) fn whole(value: &Value, heard: &mut Heard) {
    let parts = value.pointer("/output/message/content").and_then(Value::as_array);
    heard.known = parts.is_some();
    parts.into_iter().flatten().filter_map(|part| str_at(part, "/text")).for_each(|t| heard.text.push_str(t));
    stop(str_at(value, "/stopReason"), heard);
    heard.tokens = sum(value, &["/usage/totalTokens"]);
}

pub(super) fn piece(event: &str, value: &Value, heard: &mut Heard) {
    heard.known = true;
    match event {
        "contentBlockDelta" => heard.text.push_str(str_at(value, "/delta/text").unwrap_or_default()),
        "messageStop" => {
            heard.ended = true;
            stop(str_at(value, "/stopReason"), heard);
        }
        "metadata" => heard.tokens = sum(value, &["/usage/totalTokens"]),
        other if other.ends_with("Exception") => {
            let said = str_at(value, "/message").unwrap_or_default();
            heard.failure = Some(format!("{other} {said}").trim().to_owned());
        }
        _ => {}
    }
}

fn stop(reason: Option<&str>, heard: &mut Heard) {
    match reason {
        Some("max_tokens" | "model_context_window_exceeded") => heard.cut = true,
        Some(reason @ ("guardrail_intervened" | "content_filtered" | "refusal")) => {
            heard.refusal = Some(format!("stopReason is {reason}"));
        }
        _ => {}
    }
}
