//! `generateContent` of Gemini: with a key at Google AI, with a token at Vertex AI.

use serde_json::{Map, Value, json};

use super::super::setup::Setup;
use super::{Heard, Names, Written, at, parameters, str_at, sum, turns, without};
use crate::{Ask, Role};

const NAMES: Names = Names {
    temperature: "temperature",
    top_p: "topP",
    top_k: "topK",
    max_tokens: "maxOutputTokens",
    stop: "stopSequences",
};
/// The versions of both platforms, as Google's SDK asks for them.
const VERSIONS: [&str; 2] = ["v1", "v1beta1"];

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let (system, turns) = turns(ask);
    let mut how = parameters(setup, &NAMES);
    if let Some(schema) = &ask.schema {
        how.insert("responseMimeType".into(), "application/json".into());
        how.insert("responseJsonSchema".into(), schema.clone());
    }
    let mut body = Map::new();
    let one = |(who, text): &(Role, String)| {
        let role = if *who == Role::Assistant { "model" } else { "user" };
        json!({ "role": role, "parts": [{ "text": text }] })
    };
    body.insert("contents".into(), turns.iter().map(one).collect());
    if !system.is_empty() {
        body.insert("systemInstruction".into(), json!({ "role": "user", "parts": [{ "text": system }] }));
    }
    if !how.is_empty() {
        body.insert("generationConfig".into(), how.into());
    }
    Written { url: url(setup), body: body.into(), headers: Vec::new() }
}

fn url(setup: &Setup) -> reqwest::Url {
    let vertex = setup.info.name == "googlevertexai";
    let usual = VERSIONS[usize::from(vertex)];
    let base = without(&setup.base, &["models"]);
    let last =
        base.path_segments().and_then(|mut s| s.rfind(|s| !s.is_empty())).unwrap_or_default().to_owned();
    let versioned = ["v1", "v1beta", "v1beta1"].contains(&last.as_str());
    let model = setup.model.trim_start_matches("publishers/google/").trim_start_matches("models/");
    let call = format!("{model}:streamGenerateContent");
    let mut path = if versioned { Vec::new() } else { vec![usual] };
    if vertex {
        let place = setup.region.as_deref().unwrap_or_default();
        let project = setup.project.as_deref().unwrap_or_default();
        path.extend(["projects", project, "locations", place, "publishers", "google"]);
    }
    path.extend(["models", &call]);
    let mut url = at(&base, &path);
    url.query_pairs_mut().append_pair("alt", "sse");
    url
}

/// Pieces and whole answers have the same form. An array of them comes from servers that know no events.
pub(super) fn read(value: &Value, heard: &mut Heard) {
    if let Value::Array(pieces) = value {
        pieces.iter().for_each(|piece| read(piece, heard));
        return;
    }
    if let Some(error) = value.get("error") {
        heard.failure = Some(str_at(error, "/message").unwrap_or("an error").to_owned());
        return;
    }
    heard.known |= value.get("candidates").is_some() || value.get("promptFeedback").is_some();
    let parts = value.pointer("/candidates/0/content/parts").and_then(Value::as_array);
    for part in parts.into_iter().flatten().filter(|part| part.get("thought") != Some(&Value::Bool(true))) {
        heard.text.push_str(str_at(part, "/text").unwrap_or_default());
    }
    if let Some(reason) = str_at(value, "/promptFeedback/blockReason") {
        heard.refusal = Some(format!("the prompt was blocked ({reason})"));
    }
    match str_at(value, "/candidates/0/finishReason") {
        None | Some("FINISH_REASON_UNSPECIFIED") => {}
        Some("STOP") => heard.ended = true,
        Some("MAX_TOKENS") => (heard.ended, heard.cut) = (true, true),
        Some(reason) => {
            heard.ended = true;
            heard.refusal = Some(format!("finishReason is {reason}"));
        }
    }
    heard.tokens = sum(value, &["/usageMetadata/totalTokenCount"]).or(heard.tokens);
}
