//! The protocols: what is sent, and what is made of what comes.
//!
//! They are written here and not taken from `genai`, which knows most of them. That library reads answers
//! and error bodies whole, whatever their size, has no way to set `top_k` outside the body of the chat
//! protocols it merges, and knows neither Azure's URLs nor SageMaker, watsonx.ai, OCI and signed Bedrock
//! without a second TLS stack. What is left of a protocol once transport, streaming and errors are shared is
//! a body and the places of four fields.

mod anthropic;
mod cohere;
mod converse;
mod custom;
mod gemini;
mod oci;
mod ollama;
mod openai;
mod sagemaker;
mod watsonx;

use reqwest::Url;
use serde_json::{Map, Value};

use super::info::Protocol;
use super::setup::Setup;
use crate::{Ask, Role};

pub(super) use custom::question;

/// A request, before it is authorized.
pub(super) struct Written {
    pub(super) url: Url,
    pub(super) body: Value,
    /// Headers of the protocol.
    pub(super) headers: Vec<(&'static str, String)>,
}

/// How a request is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Manner {
    /// Without what compatible servers may not know: schema and usage of streams.
    pub(super) plain: bool,
    /// Without the `/v1` that was added to the base URL.
    pub(super) bare_url: bool,
}

/// What has been understood of an answer so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) text: String,
    /// Tokens read and written.
    pub(super) tokens: Option<u64>,
    /// Cut at the token limit.
    pub(super) cut: bool,
    /// Why there is no answer.
    pub(super) refusal: Option<String>,
    /// The model said that it is done.
    pub(super) ended: bool,
    /// Nothing more will come.
    pub(super) closed: bool,
    /// The endpoint reported a failure in the middle.
    pub(super) failure: Option<String>,
    /// Something of the protocol was in it.
    pub(super) known: bool,
}

/// How the pieces of an answer are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// Server-sent events.
    Events,
    /// A JSON document a line.
    Lines,
    /// AWS's binary event stream.
    Binary,
    /// Not at all: one document.
    Whole,
}

impl Protocol {
    pub(super) fn framing(self) -> Framing {
        match self {
            Protocol::Ollama => Framing::Lines,
            Protocol::Converse => Framing::Binary,
            Protocol::SageMaker | Protocol::Oci | Protocol::CustomRest | Protocol::Noop => Framing::Whole,
            _ => Framing::Events,
        }
    }
}

pub(super) fn write(setup: &Setup, ask: &Ask, manner: Manner) -> Written {
    match setup.info.protocol {
        Protocol::OpenAi => openai::write(setup, ask, manner),
        Protocol::Anthropic => anthropic::write(setup, ask),
        Protocol::Gemini => gemini::write(setup, ask),
        Protocol::Ollama => ollama::write(setup, ask),
        Protocol::Cohere => cohere::write(setup, ask),
        Protocol::Converse => converse::write(setup, ask),
        Protocol::SageMaker => sagemaker::write(setup, ask),
        Protocol::Watsonx => watsonx::write(setup, ask),
        Protocol::Oci => oci::write(setup, ask),
        Protocol::CustomRest | Protocol::Noop => custom::write(setup, ask),
    }
}

/// Reads an answer that came as one document.
pub(super) fn whole(protocol: Protocol, value: &Value, heard: &mut Heard) {
    match protocol {
        Protocol::OpenAi | Protocol::Watsonx => openai::whole(value, heard),
        Protocol::Anthropic => anthropic::whole(value, heard),
        Protocol::Gemini => gemini::read(value, heard),
        Protocol::Ollama => ollama::read(value, heard),
        Protocol::Cohere => cohere::whole(value, heard),
        Protocol::Converse => converse::whole(value, heard),
        Protocol::SageMaker => sagemaker::whole(value, heard),
        Protocol::Oci => oci::whole(value, heard),
        Protocol::CustomRest | Protocol::Noop => custom::whole(value, heard),
    }
    heard.ended = true;
}

/// Reads one piece of a stream; `event` is its name where the framing has names.
pub(super) fn piece(protocol: Protocol, event: &str, value: &Value, heard: &mut Heard) {
    match protocol {
        Protocol::OpenAi | Protocol::Watsonx => openai::piece(value, heard),
        Protocol::Anthropic => anthropic::piece(value, heard),
        Protocol::Gemini => gemini::read(value, heard),
        Protocol::Ollama => ollama::read(value, heard),
        Protocol::Cohere => cohere::piece(value, heard),
        Protocol::Converse => converse::piece(event, value, heard),
        Protocol::SageMaker | Protocol::Oci | Protocol::CustomRest | Protocol::Noop => {}
    }
}

/// The system's text, and the other turns with neighbours of the same speaker joined: some protocols take
/// only turns that alternate.
pub(super) fn turns(ask: &Ask) -> (String, Vec<(Role, String)>) {
    let mut system = String::new();
    let mut turns: Vec<(Role, String)> = Vec::new();
    for message in &ask.messages {
        let onto = match (message.role, turns.last_mut()) {
            (Role::System, _) => &mut system,
            (role, Some((last, text))) if *last == role => text,
            (role, _) => {
                turns.push((role, message.text.clone()));
                continue;
            }
        };
        if !onto.is_empty() {
            onto.push_str("\n\n");
        }
        onto.push_str(&message.text);
    }
    (system, turns)
}

/// Messages as OpenAI writes them, which several protocols do.
pub(super) fn messages(ask: &Ask) -> Value {
    let one = |m: &crate::Message| serde_json::json!({ "role": m.role.name(), "content": m.text });
    ask.messages.iter().map(one).collect()
}

/// Which names the parameters have; an empty one is not sent.
pub(super) struct Names {
    pub(super) temperature: &'static str,
    pub(super) top_p: &'static str,
    pub(super) top_k: &'static str,
    pub(super) max_tokens: &'static str,
    pub(super) stop: &'static str,
}

/// The parameters that are set, under these names.
pub(super) fn parameters(setup: &Setup, names: &Names) -> Map<String, Value> {
    let set = &setup.parameters;
    let stop = (!set.stop_sequences.is_empty()).then(|| set.stop_sequences.clone().into());
    let all = [
        (names.temperature, set.temperature.map(|n| n.get().into())),
        (names.top_p, set.top_p.map(|n| n.get().into())),
        (names.top_k, set.top_k.map(Value::from)),
        (names.max_tokens, set.max_tokens.map(Value::from)),
        (names.stop, stop),
    ];
    let named = all.into_iter().filter(|(name, _)| !name.is_empty());
    named.filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// The base URL with further segments; its query stays.
pub(super) fn at(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// The base URL without these segments at its end, which people copy with it.
pub(super) fn without(base: &Url, ending: &[&str]) -> Url {
    let mut url = base.clone();
    let path: Vec<&str> = base.path().split('/').filter(|s| !s.is_empty()).collect();
    if let Some(rest) = path.strip_suffix(ending) {
        url.set_path(&rest.join("/"));
    }
    url
}

/// A text at a JSON pointer.
pub(super) fn str_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}

/// The sum of numbers at JSON pointers; none where none is there.
pub(super) fn sum(value: &Value, pointers: &[&str]) -> Option<u64> {
    pointers.iter().filter_map(|pointer| value.pointer(pointer)?.as_u64()).reduce(u64::saturating_add)
}
