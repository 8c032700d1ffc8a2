//! Checks an object against the shape that was asked for.

use super::commands::{Command, commands};
use super::extract::{object, quote};
use super::{ANSWER_MAX, Answer, AnswerError, Confidence, Look, Tool, Turn};
use crate::plain;
use serde_json::{Map, Value};

const CAUSE_MAX: usize = 4_000;
const STEP_MAX: usize = 1_000;
const STEPS_MAX: usize = 12;
const COMMANDS_MAX: usize = 12;
const LOOKS_MAX: usize = 4;
const ARGUMENT_MAX: usize = 300;

/// Reads an explanation: the object may stand in prose or in a fence, and small slips are put right. What is
/// too long is cut; what has another type than was asked for is an error.
pub fn parse(text: &str) -> Result<Answer, AnswerError> {
    let members = checked(text)?;
    answer(&members, text)
}

/// Reads a turn of an investigation: looks where there are any, else an explanation.
pub fn parse_turn(text: &str) -> Result<Turn, AnswerError> {
    let members = checked(text)?;
    let looks = match members.get("look") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => {
            let read = list.iter().take(LOOKS_MAX).map(look);
            read.collect::<Result<_, _>>().map_err(|reason| bad("look", reason, text))?
        }
        Some(_) => return Err(bad("look", "it is no list", text)),
    };
    if looks.is_empty() { answer(&members, text).map(Turn::Answer) } else { Ok(Turn::Look(looks)) }
}

fn checked(text: &str) -> Result<Map<String, Value>, AnswerError> {
    if text.len() > ANSWER_MAX {
        return Err(AnswerError::TooLong { bytes: text.len() });
    }
    if text.trim().is_empty() {
        return Err(AnswerError::Empty);
    }
    object(text)
}

fn bad(field: &'static str, reason: &'static str, text: &str) -> AnswerError {
    AnswerError::Schema { field, reason, quote: quote(text) }
}

fn answer(members: &Map<String, Value>, text: &str) -> Result<Answer, AnswerError> {
    let cause = match members.get("cause") {
        Some(Value::String(cause)) => plain::lines(cause, CAUSE_MAX),
        Some(_) => return Err(bad("cause", "it is no text", text)),
        None => return Err(bad("cause", "it is missing", text)),
    };
    if cause.is_empty() {
        return Err(bad("cause", "it is empty", text));
    }
    let list = |field: &'static str| texts(members.get(field)).map_err(|reason| bad(field, reason, text));
    let steps = list("steps")?;
    let steps = steps.iter().map(|step| without_number(&plain::line(step, STEP_MAX)).to_owned());
    let steps = steps.filter(|step| !step.is_empty()).take(STEPS_MAX).collect();
    let commands: Vec<Command> =
        list("commands")?.iter().flat_map(|text| commands(text)).take(COMMANDS_MAX).collect();
    let confidence = match members.get("confidence") {
        Some(Value::String(word)) => {
            confidence(word).ok_or_else(|| bad("confidence", "it is another word", text))?
        }
        Some(_) => return Err(bad("confidence", "it is no text", text)),
        None => return Err(bad("confidence", "it is missing", text)),
    };
    Ok(Answer { cause, steps, commands, confidence: Some(confidence) })
}

fn confidence(word: &str) -> Option<Confidence> {
    match word.trim().trim_end_matches('.').to_ascii_lowercase().as_str() {
        "high" => Some(Confidence::High),
        "medium" => Some(Confidence::Medium),
        "low" => Some(Confidence::Low),
        _ => None,
    }
}

/// A list of texts; one text stands for its lines, and an absent one for none.
fn texts(value: Option<&Value>) -> Result<Vec<String>, &'static str> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(text.lines().map(str::to_owned).collect()),
        Some(Value::Array(items)) => {
            let text = |item: &Value| item.as_str().map(str::to_owned).ok_or("an item is no text");
            items.iter().map(text).collect()
        }
        Some(_) => Err("it is no list"),
    }
}

/// `1. `, `2) `, `- ` before a step.
fn without_number(step: &str) -> &str {
    let digits = step.bytes().take_while(u8::is_ascii_digit).count();
    let marked = if digits == 0 { step.strip_prefix("- ") } else { step[digits..].strip_prefix(['.', ')']) };
    let marked = marked.filter(|rest| digits == 0 || rest.starts_with(' '));
    marked.unwrap_or(step).trim_start()
}

fn look(value: &Value) -> Result<Look, &'static str> {
    let map = value.as_object().ok_or("an item is no object")?;
    let tool = match map.get("tool").and_then(Value::as_str) {
        Some("get_object" | "get") => Tool::GetObject,
        Some("logs" | "log") => Tool::Logs,
        Some("events") => Tool::Events,
        Some("list") => Tool::List,
        _ => return Err("there is no such tool"),
    };
    let args = map.get("args").and_then(Value::as_object).unwrap_or(map);
    let argument = |key: &str| match args.get(key) {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(plain::line(text, ARGUMENT_MAX).trim_matches('`').to_owned()),
        Some(_) => Err("an argument is no text"),
    };
    Ok(Look {
        tool,
        kind: argument("kind")?,
        namespace: argument("namespace")?,
        name: argument("name")?,
        container: argument("container")?,
    })
}
