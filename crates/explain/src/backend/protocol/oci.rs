//! Generative AI of Oracle Cloud Infrastructure: one form for Cohere's models, one for all others.

use serde_json::{Map, Value, json};

use super::super::setup::Setup;
use super::{Heard, Names, Written, at, parameters, str_at, sum, turns};
use crate::{Ask, Role};

const GENERIC: Names =
    Names { temperature: "temperature", top_p: "topP", top_k: "topK", max_tokens: "maxTokens", stop: "stop" };
const COHERE: Names = Names { stop: "stopSequences", ..GENERIC };

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let dedicated = setup.model.starts_with("ocid1.generativeaiendpoint.");
    let serving = match dedicated {
        true => json!({ "servingType": "DEDICATED", "endpointId": setup.model }),
        false => json!({ "servingType": "ON_DEMAND", "modelId": setup.model }),
    };
    let chat = if setup.model.starts_with("cohere.") { cohere(setup, ask) } else { generic(setup, ask) };
    let body = json!({ "compartmentId": setup.compartment, "servingMode": serving, "chatRequest": chat });
    Written { url: at(&setup.base, &["20231130", "actions", "chat"]), body, headers: Vec::new() }
}

fn generic(setup: &Setup, ask: &Ask) -> Map<String, Value> {
    let mut chat = parameters(setup, &GENERIC);
    chat.insert("apiFormat".into(), "GENERIC".into());
    let one = |m: &crate::Message| {
        let role = m.role.name().to_ascii_uppercase();
        json!({ "role": role, "content": [{ "type": "TEXT", "text": m.text }] })
    };
    chat.insert("messages".into(), ask.messages.iter().map(one).collect());
    chat
}

fn cohere(setup: &Setup, ask: &Ask) -> Map<String, Value> {
    let (system, mut turns) = turns(ask);
    let last = turns.pop().map(|(_, text)| text).unwrap_or_default();
    let mut chat = parameters(setup, &COHERE);
    chat.insert("apiFormat".into(), "COHERE".into());
    chat.insert("message".into(), last.into());
    if !system.is_empty() {
        chat.insert("preambleOverride".into(), system.into());
    }
    if !turns.is_empty() {
        let one = |(who, text): &(Role, String)| {
            let role = if *who == Role::Assistant { "CHATBOT" } else { "USER" };
            json!({ "role": role, "message": text })
        };
        chat.insert("chatHistory".into(), turns.iter().map(one).collect());
    }
    chat
}

pub(super) fn whole(value: &Value, heard: &mut Heard) {
    let answer = value.get("chatResponse").unwrap_or(&Value::Null);
    heard.known = answer.is_object();
    if let Some(text) = str_at(answer, "/text") {
        heard.text.push_str(text);
    }
    let parts = answer.pointer("/choices/0/message/content").and_then(Value::as_array);
    parts.into_iter().flatten().filter_map(|part| str_at(part, "/text")).for_each(|t| heard.text.push_str(t));
    let reason = str_at(answer, "/choices/0/finishReason").or_else(|| str_at(answer, "/finishReason"));
    match reason.unwrap_or_default() {
        "length" | "MAX_TOKENS" => heard.cut = true,
        reason @ ("content_filter" | "ERROR_TOXIC") => {
            heard.refusal = Some(format!("finishReason is {reason}"));
        }
        _ => {}
    }
    heard.tokens = sum(answer, &["/usage/totalTokens"]);
}
