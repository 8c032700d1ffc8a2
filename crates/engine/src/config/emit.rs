//! Writing the few shapes that a change can have as YAML, in block or flow style.

use serde_json::Value;

/// A value to be written.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Yaml {
    Text(String),
    Int(u64),
    Bool(bool),
    /// Anything else, which is written as JSON on one line.
    Json(Value),
    List(Vec<Yaml>),
    Map(Vec<(&'static str, Yaml)>),
}

/// Plain words that some YAML reader takes for something else than text.
const KEYWORDS: &[&str] = &["true", "false", "yes", "no", "on", "off", "y", "n", "null", "inf", "nan"];

impl Yaml {
    pub(crate) fn text(text: &str) -> Yaml {
        Yaml::Text(text.to_owned())
    }

    /// What a parser must read back.
    pub(super) fn to_value(&self) -> Value {
        match self {
            Yaml::Text(text) => Value::from(text.as_str()),
            Yaml::Int(number) => Value::from(*number),
            Yaml::Bool(flag) => Value::from(*flag),
            Yaml::Json(value) => value.clone(),
            Yaml::List(items) => Value::Array(items.iter().map(Yaml::to_value).collect()),
            Yaml::Map(keys) => {
                Value::Object(keys.iter().map(|(key, value)| ((*key).to_owned(), value.to_value())).collect())
            }
        }
    }

    /// On one line.
    pub(super) fn flow(&self) -> String {
        match self {
            Yaml::Text(text) => scalar(text),
            Yaml::Int(number) => number.to_string(),
            Yaml::Bool(flag) => flag.to_string(),
            Yaml::Json(value) => value.to_string(),
            Yaml::List(items) => {
                let items: Vec<String> = items.iter().map(Yaml::flow).collect();
                format!("[{}]", items.join(", "))
            }
            Yaml::Map(keys) => {
                let keys: Vec<String> =
                    keys.iter().map(|(key, value)| format!("{key}: {}", value.flow())).collect();
                format!("{{{}}}", keys.join(", "))
            }
        }
    }

    /// As JSON, which every reader of YAML understands too.
    pub(super) fn json(&self) -> String {
        self.to_value().to_string()
    }

    /// On lines of its own without their ends, indented by two from each level to the next.
    pub(super) fn block(&self) -> Vec<String> {
        match self {
            Yaml::List(items) if !items.is_empty() => items
                .iter()
                .flat_map(|item| {
                    let leads = std::iter::once("- ").chain(std::iter::repeat("  "));
                    item.block().into_iter().zip(leads).map(|(line, lead)| format!("{lead}{line}"))
                })
                .collect(),
            Yaml::Map(keys) if !keys.is_empty() => {
                keys.iter().flat_map(|(key, value)| entry(key, value)).collect()
            }
            other => vec![other.flow()],
        }
    }
}

/// `key: value`, the value on lines below when it has parts.
pub(super) fn entry(key: &str, value: &Yaml) -> Vec<String> {
    let has_parts = matches!(value, Yaml::List(items) if !items.is_empty())
        || matches!(value, Yaml::Map(keys) if !keys.is_empty());
    if !has_parts {
        return vec![format!("{key}: {}", value.flow())];
    }
    let below = value.block().into_iter().map(|line| format!("  {line}"));
    std::iter::once(format!("{key}:")).chain(below).collect()
}

fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'))
        && !KEYWORDS.iter().any(|word| word.eq_ignore_ascii_case(text));
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}
