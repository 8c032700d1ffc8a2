//! Chat of IBM watsonx.ai: OpenAI's answers, a request of its own.

use super::super::setup::Setup;
use super::{Names, Written, at, messages, openai, parameters};
use crate::Ask;

/// The version of the API, a date; it is part of each call.
const VERSION: &str = "2026-10-14";
const NAMES: Names =
    Names { temperature: "temperature", top_p: "top_p", top_k: "", max_tokens: "max_tokens", stop: "stop" };

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let mut url = at(&setup.base, &["ml", "v1", "text", "chat_stream"]);
    url.query_pairs_mut().append_pair("version", VERSION);
    let mut body = parameters(setup, &NAMES);
    body.insert("model_id".into(), setup.model.clone().into());
    body.insert("project_id".into(), setup.project.clone().into());
    body.insert("messages".into(), messages(ask));
    if let Some(schema) = &ask.schema {
        body.insert("response_format".into(), openai::format(schema));
    }
    Written { url, body: body.into(), headers: Vec::new() }
}
