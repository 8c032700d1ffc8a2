//! Finds the JSON object in what a model said.

use super::AnswerError;
use crate::plain;
use serde_json::Value;

/// Characters of an answer that an error quotes.
const QUOTE_MAX: usize = 120;
/// Places at which an object is tried to be read.
const TRIES_MAX: usize = 64;
/// Members by which an object is known to be an answer.
const KNOWN: [&str; 5] = ["cause", "steps", "commands", "confidence", "look"];

/// The first words of an answer, harmless on a terminal.
pub(super) fn quote(text: &str) -> String {
    let start = &text[..text.floor_char_boundary(4_096)];
    plain::line(&crate::scrubbed(start), QUOTE_MAX)
}

/// The object that answers, whatever stands around it.
pub(super) fn object(text: &str) -> Result<serde_json::Map<String, Value>, AnswerError> {
    let broken = match first_object(text) {
        Ok(found) => return found.ok_or_else(|| nothing(text)),
        Err(reason) => reason,
    };
    match first_object(&mended(text)) {
        Ok(Some(found)) => Ok(found),
        _ => Err(AnswerError::Broken { reason: broken, quote: quote(text) }),
    }
}

/// The first object that holds a known member, else the first at all; an error when none can be read.
fn first_object(text: &str) -> Result<Option<serde_json::Map<String, Value>>, String> {
    let (mut other, mut reason) = (None, None);
    let mut at = 0;
    for _ in 0..TRIES_MAX {
        let Some(start) = text[at..].find('{').map(|start| at + start) else { break };
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(Value::Object(map))) => {
                if KNOWN.iter().any(|key| map.contains_key(*key)) {
                    return Ok(Some(map));
                }
                other.get_or_insert(map);
                at = start + values.byte_offset().max(1);
            }
            Some(Err(error)) => {
                reason.get_or_insert_with(|| error.to_string());
                at = start + 1;
            }
            _ => at = start + 1,
        }
    }
    match (other, reason) {
        (None, Some(reason)) => Err(reason),
        (other, _) => Ok(other),
    }
}

fn nothing(text: &str) -> AnswerError {
    const REFUSALS: &[&str] = &[
        "i'm sorry",
        "i am sorry",
        "sorry,",
        "i cannot",
        "i can't",
        "i can’t",
        "i’m sorry",
        "i am unable",
        "i'm unable",
        "i'm not able",
        "as an ai",
        "unfortunately, i",
        "i must decline",
        "i won't",
    ];
    let start = plain::line(&text[..text.floor_char_boundary(1_024)], 200).to_lowercase();
    let quote = quote(text);
    if REFUSALS.iter().any(|refusal| start.starts_with(refusal)) {
        AnswerError::Refused { quote }
    } else {
        AnswerError::NoObject { quote }
    }
}

/// The text with the usual slips of models put right: a comma before a closing bracket, line breaks inside
/// strings.
fn mended(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped) = (false, false);
    for c in text.chars() {
        if in_string {
            match c {
                '\n' if !escaped => out.push_str("\\n"),
                '\t' if !escaped => out.push_str("\\t"),
                c if c.is_control() => {}
                c => out.push(c),
            }
            in_string = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c == '}' || c == ']' {
            let kept = out.trim_end().len();
            if out[..kept].ends_with(',') {
                out.truncate(kept - 1);
            }
        }
        in_string = c == '"';
        out.push(c);
    }
    out
}
