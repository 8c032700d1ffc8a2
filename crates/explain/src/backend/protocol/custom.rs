//! A service of one's own, in the form that the original tool speaks, and the backend that is none.

use serde_json::{Map, Value};

use super::super::setup::Setup;
use super::{Heard, Names, Written, parameters, str_at};
use crate::{Ask, Role};

const NAMES: Names = Names {
    temperature: "temperature",
    top_p: "top_p",
    top_k: "top_k",
    max_tokens: "max_tokens",
    stop: "stop_sequences",
};

pub(super) fn write(setup: &Setup, ask: &Ask) -> Written {
    let mut options = parameters(setup, &NAMES);
    options.insert("message".into(), question(ask).into());
    let mut body = Map::new();
    body.insert("model".into(), setup.model.clone().into());
    body.insert("prompt".into(), prompt(ask).into());
    body.insert("options".into(), options.into());
    Written { url: setup.base.clone(), body: body.into(), headers: Vec::new() }
}

pub(super) fn whole(value: &Value, heard: &mut Heard) {
    heard.known = value.get("response").is_some();
    heard.text.push_str(str_at(value, "/response").unwrap_or_default());
}

/// The last thing that the user said.
pub(in super::super) fn question(ask: &Ask) -> &str {
    let last = ask.messages.iter().rev().find(|message| message.role == Role::User);
    last.map(|message| message.text.as_str()).unwrap_or_default()
}

/// All turns in one text; a conversation names its speakers.
fn prompt(ask: &Ask) -> String {
    let talk = ask.messages.iter().any(|message| message.role == Role::Assistant);
    let one = |message: &crate::Message| match message.role {
        Role::System => message.text.clone(),
        role if talk => format!("{}: {}", role.name(), message.text),
        _ => message.text.clone(),
    };
    ask.messages.iter().map(one).collect::<Vec<String>>().join("\n\n")
}
