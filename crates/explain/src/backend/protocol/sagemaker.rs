//! An endpoint of Amazon SageMaker that serves a chat model: the request of the original tool, and the
//! answers of the containers that are common there.

use serde_json::{Map, Value, json};

use super::super::setup::Setup;
use super::{Heard, Names, Written, at, messages, openai, parameters, str_at};
use crate::Ask;

const NAMES: Names = Names {
    temperature: "temperature",
    top_p: "top_p",
    top_k: "top_k",
    max_tokens: "max_new_tokens",
    stop: "stop",
};

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let mut body = Map::new();
    body.insert("inputs".into(), json!([messages(ask)]));
    body.insert("parameters".into(), parameters(setup, &NAMES).into());
    let deployment = setup.deployment.as_deref().unwrap_or_default();
    let url = at(&setup.base, &["endpoints", deployment, "invocations"]);
    let headers = vec![("x-amzn-sagemaker-custom-attributes", "accept_eula=true".to_owned())];
    Written { url, body: body.into(), headers }
}

pub(super) fn whole(value: &Value, heard: &mut Heard) {
    if value.get("choices").is_some() {
        return openai::whole(value, heard);
    }
    let first = value.get(0).unwrap_or(value);
    let text = ["/generation/content", "/generated_text", "/generation"];
    let text = text.iter().find_map(|pointer| str_at(first, pointer));
    heard.known = text.is_some();
    heard.text.push_str(text.unwrap_or_default());
}
