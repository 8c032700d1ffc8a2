//! Whether Prometheus accepts a relabel rule.

use super::tree::{Node, Value};
use super::{Certainty, Fault, Faults, regex, shown};
use crate::words;

const ACTIONS: &[&str] = &[
    "replace",
    "keep",
    "drop",
    "keepequal",
    "dropequal",
    "hashmod",
    "labelmap",
    "labeldrop",
    "labelkeep",
    "lowercase",
    "uppercase",
];

/// Adds what is wrong with the rules of a section.
pub(super) fn rules(node: &Node, section: &str, place: &str, faults: &mut Faults) {
    let expands = faults.expands;
    for (at, rule) in node.list(section).iter().enumerate() {
        let place = format!("rule {} of {section} in {place}", at + 1);
        let mut add = |line: usize, certainty, says: String, fix: String| {
            faults.add(Fault { certainty, relabelling: true, ..Fault::new(line, says, fix) });
        };
        if matches!(rule.value, Value::Null) {
            add(rule.line, Certainty::Sure, format!("{place} is empty"), format!("remove {place}"));
        } else if matches!(rule.value, Value::Map(_)) {
            one(rule, &place, expands, &mut add);
        }
    }
}

fn one(rule: &Node, place: &str, expands: bool, add: &mut dyn FnMut(usize, Certainty, String, String)) {
    if let Some(pattern) = rule.get("regex")
        && let Some(text) = pattern.as_text().filter(|text| !(expands && text.contains('$')))
        && let Err(says) = regex::check(text)
    {
        let says = format!("the regex \"{}\" of {place} is not valid: {says}", shown(text));
        let fix = match says.contains("lookaround") {
            true => {
                format!(
                    "write the regex of {place} without lookaround, or use the action drop for what must go"
                )
            }
            false => format!("correct the regex of {place}"),
        };
        add(pattern.line, Certainty::Sure, says, fix);
    }
    let given = rule.text("action").unwrap_or("replace");
    let action = given.to_lowercase();
    if !ACTIONS.contains(&action.as_str()) {
        let near = words::misspelt(&action, ACTIONS.iter().copied());
        let says = format!("{place} has the action \"{}\", which does not exist", shown(given));
        let fix = match near {
            Some(near) => format!("write action: {near} in {place}"),
            None => format!("set action of {place} to one of {}", words::join_some(ACTIONS, 11)),
        };
        let certainty = if near.is_some() { Certainty::Sure } else { Certainty::KnownVersion };
        return add(rule.get("action").map_or(rule.line, |a| a.line), certainty, says, fix);
    }
    needs(rule, &action, place, add);
    names(rule, &action, place, expands, add);
}

/// Fields that an action must have, and those that it must not.
fn needs(rule: &Node, action: &str, place: &str, add: &mut dyn FnMut(usize, Certainty, String, String)) {
    let targets = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"];
    let target = rule.text("target_label").unwrap_or_default();
    if targets.contains(&action) && target.is_empty() {
        let default = if rule.get("action").is_none() { " (the default)" } else { "" };
        let says = format!("{place} has the action {action}{default} and no target_label");
        let fix = match action {
            "replace" => format!("add target_label to {place}, or the action that was meant: keep or drop"),
            _ => format!("add target_label to {place}"),
        };
        add(rule.line, Certainty::Sure, says, fix);
    }
    if action == "hashmod" && rule.text("modulus").is_none_or(|modulus| modulus == "0") {
        let says = format!("{place} has the action hashmod and no modulus");
        add(rule.line, Certainty::Sure, says, format!("add modulus, the number of shards, to {place}"));
    }
    let excess: &[(&str, &str)] = match action {
        "labeldrop" | "labelkeep" => &[
            ("source_labels", ""),
            ("target_label", ""),
            ("modulus", "0"),
            ("separator", ";"),
            ("replacement", "$1"),
        ],
        "keepequal" | "dropequal" => {
            &[("regex", "(.*)"), ("modulus", "0"), ("separator", ";"), ("replacement", "$1")]
        }
        "lowercase" | "uppercase" => &[("replacement", "$1")],
        _ => &[],
    };
    for (field, default) in excess {
        let Some(node) = rule.get(field) else { continue };
        if node.as_text() == Some(default) {
            continue;
        }
        let allowed = match action {
            "labeldrop" | "labelkeep" => ", which takes regex alone",
            "keepequal" | "dropequal" => ", which takes source_labels and target_label alone",
            _ => "",
        };
        let says = format!("{place} sets {field} for the action {action}{allowed}");
        let fix = match (action, *field) {
            ("labeldrop" | "labelkeep", "source_labels") => {
                format!("remove source_labels from {place}: regex is matched against the names of labels")
            }
            _ => format!("remove {field} from {place}"),
        };
        add(node.line, Certainty::Sure, says, fix);
    }
}

/// Labels that are written must have a name that Prometheus takes.
fn names(
    rule: &Node,
    action: &str,
    place: &str,
    expands: bool,
    add: &mut dyn FnMut(usize, Certainty, String, String),
) {
    let written = match action {
        "replace" | "hashmod" | "lowercase" | "uppercase" | "keepequal" | "dropequal" => "target_label",
        "labelmap" => "replacement",
        _ => return,
    };
    let Some(node) = rule.get(written) else { return };
    let Some(name) = node.as_text().filter(|name| !name.is_empty()) else { return };
    let variable = name.contains('$') && (expands || matches!(action, "replace" | "labelmap"));
    if !variable && !is_label(name) {
        let says = format!("{place} writes the label \"{}\", which is no valid name", shown(name));
        let clean: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
        let fix = format!("write {written}: {} in {place}", shown(&clean));
        add(node.line, Certainty::Second, says, fix);
    }
}

fn is_label(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
