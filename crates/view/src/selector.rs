//! Label selectors as workloads and webhooks carry them, and as people write them.

use crate::{List, Map, Str};
use serde::Deserialize;
use std::fmt;

/// `matchLabels` and `matchExpressions`, all of which must hold. Empty selects everything.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Pairs that must all be there.
    pub match_labels: Map,
    /// Requirements that must all hold.
    pub match_expressions: List<Requirement>,
}

/// An entry of `matchExpressions`.
#[derive(Deserialize, Clone, Default, Debug, PartialEq)]
#[serde(rename_all = "camelCase", default)]
pub struct Requirement {
    /// Label key.
    pub key: Str,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`; in written selectors also `Gt` and `Lt`.
    pub operator: Str,
    /// Values for `In` and `NotIn`; one number for `Gt` and `Lt`.
    pub values: List<Str>,
}

impl LabelSelector {
    /// Reads the syntax of `kubectl -l`: `a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1`. The error says what
    /// is wrong, without its subject.
    pub fn parse(text: &str) -> Result<LabelSelector, String> {
        if text.chars().any(char::is_control) {
            return Err("it holds control characters".to_owned());
        }
        let requirements =
            split_outside_parentheses(text)?.into_iter().map(requirement).collect::<Result<_, _>>()?;
        Ok(LabelSelector { match_labels: Map::default(), match_expressions: requirements })
    }
    /// True when labels satisfy every part of the selector.
    pub fn matches(&self, labels: &Map) -> bool {
        self.selects(|key| labels.get(key).map(Str::as_str))
    }
    /// The same for labels that are held in some other form.
    pub fn selects<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.match_labels.iter().all(|(key, value)| label(key) == Some(value.as_str()))
            && self.match_expressions.iter().all(|requirement| requirement.holds(label(&requirement.key)))
    }
    /// True when nothing is required.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }
}

impl Requirement {
    /// True when a value of the label (`None` when it is not there) satisfies it.
    pub fn holds(&self, value: Option<&str>) -> bool {
        let listed = value.is_some_and(|v| self.values.iter().any(|w| *w == v));
        let number = |text: &str| text.parse::<i64>().ok();
        let limit = self.values.first().and_then(|v| number(v));
        match self.operator.as_str() {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => value.and_then(number).zip(limit).is_some_and(|(n, limit)| n > limit),
            "Lt" => value.and_then(number).zip(limit).is_some_and(|(n, limit)| n < limit),
            // An operator from a later API version: assume it selects, so that nothing is called unselected.
            _ => true,
        }
    }
}

impl fmt::Display for LabelSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
        let all: Vec<String> = pairs.chain(self.match_expressions.iter().map(ToString::to_string)).collect();
        f.write_str(&all.join(","))
    }
}

/// As people write it: `zone in (a,b)`, `gpu`, `!spot`.
impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (key, values) = (&self.key, self.values.iter().map(|v| v.as_str()).collect::<Vec<_>>().join(","));
        match self.operator.as_str() {
            "In" if self.values.len() == 1 => write!(f, "{key}={values}"),
            "In" => write!(f, "{key} in ({values})"),
            "NotIn" => write!(f, "{key} notin ({values})"),
            "Exists" => write!(f, "{key}"),
            "DoesNotExist" => write!(f, "!{key}"),
            "Gt" => write!(f, "{key}>{values}"),
            "Lt" => write!(f, "{key}<{values}"),
            other => write!(f, "{key} {other} {values}"),
        }
    }
}

fn split_outside_parentheses(text: &str) -> Result<Vec<&str>, String> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let (mut depth, mut start, mut parts) = (0_u32, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '(' if depth == 0 => depth = 1,
            ')' if depth == 1 => depth = 0,
            '(' | ')' => return Err("the parentheses do not match".to_owned()),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if depth != 0 {
        return Err("the parentheses do not match".to_owned());
    }
    parts.push(&text[start..]);
    Ok(parts)
}

fn requirement(part: &str) -> Result<Requirement, String> {
    let part = part.trim();
    if let Some(key) = part.strip_prefix('!') {
        return built(key, "DoesNotExist", []);
    }
    if let Some((head, list)) = part.split_once('(') {
        let values = list.trim_end().strip_suffix(')').ok_or("there is text after the parentheses")?;
        let operator = head.trim_end().rsplit_once(char::is_whitespace);
        return match operator {
            Some((key, "in")) => built(key, "In", values.split(',')),
            Some((key, "notin")) => built(key, "NotIn", values.split(',')),
            _ => Err("only in and notin may stand before parentheses".to_owned()),
        };
    }
    if let Some((key, value)) = part.split_once("!=") {
        return built(key, "NotIn", [value]);
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return built(key, "In", [value]);
    }
    for (sign, operator) in [('>', "Gt"), ('<', "Lt")] {
        if let Some((key, value)) = part.split_once(sign) {
            value.trim().parse::<i64>().map_err(|_| "< and > compare with a whole number")?;
            return built(key, operator, [value]);
        }
    }
    built(part, "Exists", [])
}

fn built<'a>(
    key: &str,
    operator: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> Result<Requirement, String> {
    let values = values.into_iter().map(label_value).collect::<Result<List<Str>, String>>()?;
    Ok(Requirement { key: label_key(key)?, operator: operator.into(), values })
}

fn label_key(given: &str) -> Result<Str, String> {
    let key = given.trim();
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    let prefix_ok = prefix.is_none_or(|p| {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.';
        !p.is_empty() && p.len() <= 253 && p.bytes().all(allowed)
    });
    if name.is_empty() {
        return Err("a label name is missing".to_owned());
    }
    if !prefix_ok || !is_label_word(name) {
        return Err(format!("{:?} is not a label name", cut(key)));
    }
    Ok(key.into())
}

fn label_value(given: &str) -> Result<Str, String> {
    let value = given.trim();
    if value.is_empty() || is_label_word(value) {
        Ok(value.into())
    } else {
        Err(format!("{:?} is not a label value", cut(value)))
    }
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

fn is_label_word(word: &str) -> bool {
    let edge = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    word.len() <= 63
        && edge(word.bytes().next())
        && edge(word.bytes().last())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}
