//! Messages of Anthropic.

use serde_json::{Value, json};

use super::super::setup::Setup;
use super::{Heard, Names, Written, at, parameters, str_at, sum, turns, without};
use crate::Ask;

/// The limit is not optional there.
const MAX_TOKENS: u32 = 2048;
const NAMES: Names = Names {
    temperature: "temperature",
    top_p: "top_p",
    top_k: "top_k",
    max_tokens: "max_tokens",
    stop: "stop_sequences",
};

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let base = without(&without(&without(&setup.base, &["v1", "messages"]), &["messages"]), &["v1"]);
    let (system, turns) = turns(ask);
    let mut body = parameters(setup, &NAMES);
    body.entry("max_tokens").or_insert_with(|| MAX_TOKENS.into());
    body.insert("model".into(), setup.model.clone().into());
    if !system.is_empty() {
        body.insert("system".into(), system.into());
    }
    let one = |(who, text): &(crate::Role, String)| json!({ "role": who.name(), "content": text });
    body.insert("messages".into(), turns.iter().map(one).collect());
    body.insert("stream".into(), true.into());
    let headers = vec![("anthropic-version", "2023-06-01".to_owned())];
    Written { url: at(&base, &["v1", "messages"]), body: body.into(), headers }
}

pub(super) fn whole(value: &Value, heard: &mut Heard) {
    let blocks = value.get("content").and_then(Value::as_array);
    heard.known = blocks.is_some();
    let texts = blocks.into_iter().flatten().filter_map(|block| str_at(block, "/text"));
    heard.text = texts.collect::<Vec<&str>>().join("\n");
    heard.tokens = sum(value, &["/usage/input_tokens", "/usage/output_tokens"]);
    stop(str_at(value, "/stop_reason"), heard);
}

pub(super) fn piece(value: &Value, heard: &mut Heard) {
    heard.known = true;
    match str_at(value, "/type") {
        Some("message_start") => heard.tokens = sum(value, &["/message/usage/input_tokens"]),
        // A block of text after another one begins on a line of its own.
        Some("content_block_start") if str_at(value, "/content_block/type") == Some("text") => {
            if !heard.text.is_empty() {
                heard.text.push('\n');
            }
            heard.text.push_str(str_at(value, "/content_block/text").unwrap_or_default());
        }
        Some("content_block_delta") => {
            heard.text.push_str(str_at(value, "/delta/text").unwrap_or_default());
        }
        Some("message_delta") => {
            let written = sum(value, &["/usage/output_tokens"]).unwrap_or(0);
            heard.tokens = heard.tokens.map(|read| read.saturating_add(written));
            stop(str_at(value, "/delta/stop_reason"), heard);
        }
        Some("message_stop") => (heard.ended, heard.closed) = (true, true),
        Some("error") => {
            heard.failure = Some(str_at(value, "/error/message").unwrap_or("an error").to_owned());
        }
        _ => {}
    }
}

fn stop(reason: Option<&str>, heard: &mut Heard) {
    match reason {
        Some("refusal") => heard.refusal = Some("stop_reason is refusal".to_owned()),
        Some("max_tokens" | "model_context_window_exceeded") => heard.cut = true,
        _ => {}
    }
    heard.ended |= reason.is_some();
}
