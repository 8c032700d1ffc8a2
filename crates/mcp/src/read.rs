//! Reading arguments: lenient in form, strict in meaning.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::arg::{Arg, Kind};
use crate::text;

/// Arguments in their normal form: what was absent, `null` or an empty text is not in here.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Args(BTreeMap<&'static str, Value>);

/// An argument that cannot be understood, or is missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}; accepted: {accepted}")]
pub struct ArgError {
    /// Name of the argument, with a path for members of objects.
    pub field: String,
    /// What is wrong with what was given.
    pub problem: String,
    /// What would be right.
    pub accepted: String,
}

impl Args {
    /// Reads what a client sent by the declarations. Unknown keys are ignored.
    ///
    /// # Errors
    /// [`ArgError`] for the first declared argument that is missing or cannot be understood.
    pub fn read(args: &'static [Arg], given: &Map<String, Value>) -> Result<Args, ArgError> {
        read_object(args, given, "").map(Args)
    }

    /// A text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// A text that [`Args::read`] has made sure of, else the empty text.
    pub fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_default()
    }

    /// A text as a value of its own.
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// Whether a flag is set.
    pub fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A number.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.0.get(name).and_then(Value::as_i64)
    }

    /// A number that cannot be negative.
    pub fn count(&self, name: &str) -> Option<u32> {
        self.int(name).map(|n| u32::try_from(n.max(0)).unwrap_or(u32::MAX))
    }

    /// A list; empty when absent.
    pub fn list(&self, name: &str) -> Vec<String> {
        let items = self.0.get(name).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// An object, or objects, in normal form.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

fn read_object(
    args: &'static [Arg],
    given: &Map<String, Value>,
    path: &str,
) -> Result<BTreeMap<&'static str, Value>, ArgError> {
    let mut out = BTreeMap::new();
    for arg in args {
        let field = if path.is_empty() { arg.name.to_owned() } else { format!("{path}.{}", arg.name) };
        let value = match lookup(arg, given) {
            Some(value) => read_value(arg.kind, value, &field)?,
            None => None,
        };
        match value {
            Some(value) => {
                out.insert(arg.name, value);
            }
            None if arg.required => {
                let accepted = format!("{} ({})", arg.kind.accepted(), arg.description);
                return Err(ArgError { field, problem: "required, but not given".to_owned(), accepted });
            }
            None => {}
        }
    }
    Ok(out)
}

/// The value under the argument's own name, else under a spelling of it or an alias. `null` is absent.
fn lookup<'a>(arg: &Arg, given: &'a Map<String, Value>) -> Option<&'a Value> {
    let present = |value: &&Value| !value.is_null();
    if let Some(value) = given.get(arg.name).filter(present) {
        return Some(value);
    }
    let wanted: Vec<String> =
        std::iter::once(arg.name).chain(arg.aliases.iter().copied()).map(plain).collect();
    wanted.iter().find_map(|name| {
        given.iter().find(|(key, value)| present(value) && plain(key) == *name).map(|(_, value)| value)
    })
}

/// A key without case and separators.
fn plain(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

fn read_value(kind: Kind, value: &Value, field: &str) -> Result<Option<Value>, ArgError> {
    let refuse = || {
        let given = text::brief(&value.to_string(), 80);
        ArgError {
            field: field.to_owned(),
            problem: format!("{given} cannot be understood"),
            accepted: kind.accepted(),
        }
    };
    match kind {
        Kind::Str => string(value).map(|text| text.map(Value::from)).ok_or_else(refuse),
        Kind::Choice(words) => match string(value).ok_or_else(refuse)? {
            None => Ok(None),
            Some(text) => {
                let word = words.iter().find(|word| word.eq_ignore_ascii_case(&text)).ok_or_else(refuse)?;
                Ok(Some(Value::from(*word)))
            }
        },
        Kind::Bool => boolean(value).map(|flag| flag.map(Value::from)).ok_or_else(refuse),
        Kind::Int { min, max } => match integer(value).ok_or_else(refuse)? {
            None => Ok(None),
            Some(number) if number < min => Err(refuse()),
            Some(number) => Ok(Some(Value::from(number.min(max)))),
        },
        Kind::List => match list(value).ok_or_else(refuse)? {
            items if items.is_empty() => Ok(None),
            items => Ok(Some(Value::from(items))),
        },
        Kind::Object(args) => match parsed(value).as_object() {
            Some(object) => {
                let members = read_object(args, object, field)?;
                Ok(Some(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
            }
            None => Err(refuse()),
        },
        Kind::Objects(args) => {
            let value = parsed(value);
            let items = match value.as_ref() {
                Value::Array(items) => items.as_slice(),
                one => std::slice::from_ref(one),
            };
            let read = |(at, item): (usize, &Value)| {
                read_value(Kind::Object(args), item, &format!("{field}[{at}]")).map(Option::unwrap_or_default)
            };
            items.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>().map(|all| Some(all.into()))
        }
    }
}

/// A text that holds JSON, as that JSON: some clients send objects and arrays as text.
fn parsed(value: &Value) -> std::borrow::Cow<'_, Value> {
    let inner = value.as_str().and_then(|text| serde_json::from_str::<Value>(text).ok());
    match inner {
        Some(inner @ (Value::Object(_) | Value::Array(_))) => std::borrow::Cow::Owned(inner),
        _ => std::borrow::Cow::Borrowed(value),
    }
}

/// A trimmed text; the inner option is none when it is empty, the outer when it is no text.
fn string(value: &Value) -> Option<Option<String>> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(items) if items.len() == 1 => return string(&items[0]),
        _ => return None,
    };
    Some((!text.is_empty()).then_some(text))
}

fn boolean(value: &Value) -> Option<Option<bool>> {
    match value {
        Value::Bool(flag) => Some(Some(*flag)),
        Value::Number(number) if number.as_f64() == Some(1.0) => Some(Some(true)),
        Value::Number(number) if number.as_f64() == Some(0.0) => Some(Some(false)),
        Value::String(text) => match text.trim().to_lowercase().as_str() {
            "" => Some(None),
            "true" | "yes" | "y" | "on" | "1" | "t" => Some(Some(true)),
            "false" | "no" | "n" | "off" | "0" | "f" => Some(Some(false)),
            _ => None,
        },
        _ => None,
    }
}

fn integer(value: &Value) -> Option<Option<i64>> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_u64().map(|_| i64::MAX))
            .or_else(|| number.as_f64().and_then(whole))
            .map(Some),
        Value::String(text) if text.trim().is_empty() => Some(None),
        Value::String(text) => {
            let text = text.trim();
            text.parse::<i64>().ok().or_else(|| text.parse::<f64>().ok().and_then(whole)).map(Some)
        }
        _ => None,
    }
}

/// A number without a fraction; what is larger than an `i64` is the largest one.
fn whole(number: f64) -> Option<i64> {
    // `as` saturates, which is the meaning wanted for absurdly large limits.
    (number.is_finite() && number.fract() == 0.0).then_some(number as i64)
}

fn list(value: &Value) -> Option<Vec<String>> {
    let split = |text: &str| -> Vec<String> {
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    };
    match parsed(value).as_ref() {
        Value::String(text) => Some(split(text)),
        Value::Array(items) => {
            let texts: Option<Vec<Option<String>>> = items.iter().map(string).collect();
            Some(texts?.into_iter().flatten().flat_map(|text| split(&text)).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
