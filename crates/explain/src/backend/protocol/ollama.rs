//! The native chat of Ollama: its OpenAI-compatible one cannot set all parameters.

use serde_json::Value;

use super::super::setup::Setup;
use super::{Heard, Names, Written, at, messages, parameters, str_at, sum, without};
use crate::Ask;

const NAMES: Names = Names {
    temperature: "temperature",
    top_p: "top_p",
    top_k: "top_k",
    max_tokens: "num_predict",
    stop: "stop",
};

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let mut base = setup.base.clone();
    for ending in [&["api", "chat"][..], &["api", "generate"], &["api"], &["v1"]] {
        base = without(&base, ending);
    }
    let mut body = serde_json::Map::new();
    body.insert("model".into(), setup.model.clone().into());
    body.insert("messages".into(), messages(ask));
    body.insert("stream".into(), true.into());
    if let Some(schema) = &ask.schema {
        body.insert("format".into(), schema.clone());
    }
    let options = parameters(setup, &NAMES);
    if !options.is_empty() {
        body.insert("options".into(), options.into());
    }
    Written { url: at(&base, &["api", "chat"]), body: body.into(), headers: Vec::new() }
}

pub(super) fn read(value: &Value, heard: &mut Heard) {
    if let Some(error) = str_at(value, "/error") {
        heard.failure = Some(error.to_owned());
        return;
    }
    heard.known |= value.get("message").is_some() || value.get("done").is_some();
    heard.text.push_str(str_at(value, "/message/content").unwrap_or_default());
    if value.get("done") == Some(&Value::Bool(true)) {
        (heard.ended, heard.closed) = (true, true);
        heard.cut = str_at(value, "/done_reason") == Some("length");
        heard.tokens = sum(value, &["/prompt_eval_count", "/eval_count"]);
    }
}
