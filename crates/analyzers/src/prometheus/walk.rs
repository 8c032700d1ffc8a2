//! Whether the fields of a configuration are those of Prometheus, and of the right form.

use super::schema::{Object, ROOT, Type};
use super::tree::{Node, Value};
use super::{Certainty, Fault, Faults, durations, shown};
use crate::words;
use std::collections::HashSet;

/// Nodes that are looked at: aliases can make a small text endless.
const NODES_MAX: usize = 400_000;

/// Adds what is wrong with the fields of a document.
pub(super) fn fields(root: &Node, faults: &mut Faults) {
    let mut walk = Walk { faults, left: NODES_MAX };
    walk.object(root, &ROOT, "");
}

struct Walk<'a> {
    faults: &'a mut Faults,
    left: usize,
}

impl Walk<'_> {
    fn value(&mut self, node: &Node, kind: &Type, name: &str, place: &str) {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 || self.faults.is_full() || matches!(node.value, Value::Null) {
            return;
        }
        let expected = match (kind, &node.value) {
            (Type::Any, _) | (Type::Text, Value::Text(_)) => return,
            (Type::Map, Value::Map(_)) => return self.once(node, &format!("{name}{}", within(place))),
            (Type::Object(object), Value::Map(_)) => return self.object(node, object, place),
            (Type::List(kind), Value::List(items)) => {
                return items.iter().for_each(|item| self.value(item, kind, name, place));
            }
            (_, Value::Text(text)) if self.faults.expands && text.contains('$') => return,
            (Type::Bool, Value::Text(text)) if is_bool(text) && !node.quoted => return,
            (Type::Number, Value::Text(text)) if is_number(text) && !node.quoted => return,
            (Type::Size, Value::Text(text)) if text == "0" || !is_number(text) => return,
            (Type::Duration, Value::Text(text)) => {
                if durations::parse(text).is_none() {
                    self.no_duration(node.line, name, text, place);
                }
                return;
            }
            (Type::Bool, Value::Text(_)) if node.quoted => "true or false without quotes",
            (Type::Number, Value::Text(_)) if node.quoted => "a number without quotes",
            (Type::Bool, _) => "true or false",
            (Type::Size, _) => "a size with its unit, such as 10MB,",
            (Type::Number, _) => "a number",
            (Type::Duration, _) => "a duration",
            (Type::Text, _) => "a text",
            (Type::List(_), _) => "a list",
            (Type::Map | Type::Object(_), _) => "a mapping",
        };
        let found = match &node.value {
            Value::Text(text) if matches!(kind, Type::Bool | Type::Number | Type::Size) => {
                format!("\"{}\"", shown(text))
            }
            Value::Text(_) => "a text".to_owned(),
            Value::List(_) => "a list".to_owned(),
            _ => "a mapping".to_owned(),
        };
        let says = format!("{name}{} is {found} where {expected} is expected", within(place));
        self.faults.add(Fault::new(node.line, says, format!("write {expected} for {name}{}", within(place))));
    }

    fn no_duration(&mut self, line: usize, name: &str, text: &str, place: &str) {
        let text = shown(text);
        let says = format!("{name}{} is \"{text}\", which is no duration", within(place));
        let fix = match durations::meant(&text) {
            Some(meant) => format!("write {name}: {meant}{}", within(place)),
            None => format!("write {name}{} as a number with a unit: 15s, 1m, 1h30m", within(place)),
        };
        self.faults.add(Fault::new(line, says, fix));
    }

    /// No key may stand twice.
    fn once(&mut self, node: &Node, place: &str) {
        let mut seen = HashSet::new();
        for entry in node.entries().iter().filter(|entry| !seen.insert(entry.key.as_str())) {
            let name = shown(&entry.key);
            let says = format!("{name}{} is set twice", within(place));
            let fix = format!("remove one of the two {name}{}", within(place));
            self.faults.add(Fault::new(entry.line, says, fix));
        }
    }

    fn object(&mut self, node: &Node, object: &Object, place: &str) {
        // A job is known by its name, wherever it stands.
        let named = node.text("job_name").filter(|_| place.is_empty());
        let place = named.map_or_else(|| place.to_owned(), |name| format!("job \"{}\"", shown(name)));
        self.once(node, &place);
        for entry in node.entries() {
            let name = shown(&entry.key);
            if let Some(kind) = object.field(&entry.key) {
                self.value(&entry.value, kind, &name, &place);
            } else {
                self.unknown(entry.line, &name, object, &place);
            }
        }
    }

    fn unknown(&mut self, line: usize, name: &str, object: &Object, place: &str) {
        if self.faults.is_full() {
            return;
        }
        let here = match place {
            "" => object.title.to_owned(),
            place => format!("{} of {place}", object.title),
        };
        let near = words::misspelt(name, object.names());
        let hint = near.map_or_else(String::new, |near| format!(" ({near} is)"));
        let says = format!("{name} {here} is no field that Prometheus knows{hint}");
        let certainty = if near.is_some() { Certainty::Sure } else { Certainty::KnownVersion };
        let fix = match near {
            Some(near) => format!("write {near} in place of {name} {here}"),
            None => format!("remove {name} {here}, or move it to where it belongs"),
        };
        self.faults.add(Fault { certainty, ..Fault::new(line, says, fix) });
    }
}

/// ` of job "node"`, or nothing at the top level.
fn within(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!(" of {place}") }
}

/// The words that YAML 1.1 takes for a truth value.
fn is_bool(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off", "y", "n"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn is_number(text: &str) -> bool {
    let digits = text.replace('_', "");
    let prefixed = ["0x", "0X", "0b", "0o", "-0x", "+0x"].iter().any(|prefix| digits.starts_with(prefix));
    prefixed || digits.parse::<f64>().is_ok()
}
