//! Chat of Cohere, version 2.

use serde_json::Value;

use super::super::setup::Setup;
use super::{Heard, Names, Written, at, messages, parameters, str_at, sum, without};
use crate::Ask;

const NAMES: Names = Names {
    temperature: "temperature",
    top_p: "p",
    top_k: "k",
    max_tokens: "max_tokens",
    stop: "stop_sequences",
};

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let mut base = setup.base.clone();
    for ending in [&["chat"][..], &["v1"], &["v2"]] {
        base = without(&base, ending);
    }
    let mut body = parameters(setup, &NAMES);
    body.insert("model".into(), setup.model.clone().into());
    body.insert("messages".into(), messages(ask));
    body.insert("stream".into(), true.into());
    Written { url: at(&base, &["v2", "chat"]), body: body.into(), headers: Vec::new() }
}

pub(super) fn whole(value: &Value, heard: &mut Heard) {
    let parts = value.pointer("/message/content").and_then(Value::as_array);
    heard.known = value.get("message").is_some_and(Value::is_object);
    parts.into_iter().flatten().filter_map(|part| str_at(part, "/text")).for_each(|t| heard.text.push_str(t));
    finish(str_at(value, "/finish_reason"), heard);
    heard.tokens = sum(value, &["/usage/tokens/input_tokens", "/usage/tokens/output_tokens"]);
}

pub(super) fn piece(value: &Value, heard: &mut Heard) {
    heard.known |= value.get("type").is_some();
    match str_at(value, "/type") {
        Some("content-delta") => {
            heard.text.push_str(str_at(value, "/delta/message/content/text").unwrap_or_default());
        }
        Some("message-end") => {
            (heard.ended, heard.closed) = (true, true);
            finish(str_at(value, "/delta/finish_reason"), heard);
            let used = ["/delta/usage/tokens/input_tokens", "/delta/usage/tokens/output_tokens"];
            heard.tokens = sum(value, &used);
            if let Some(error) = str_at(value, "/delta/error") {
                heard.failure = Some(error.to_owned());
            }
        }
        _ => {}
    }
}

fn finish(reason: Option<&str>, heard: &mut Heard) {
    match reason {
        Some("MAX_TOKENS") => heard.cut = true,
        Some("ERROR_TOXIC") => heard.refusal = Some("finish_reason is ERROR_TOXIC".to_owned()),
        Some(reason @ ("ERROR" | "TIMEOUT")) => heard.failure = Some(format!("finish_reason is {reason}")),
        _ => {}
    }
}
