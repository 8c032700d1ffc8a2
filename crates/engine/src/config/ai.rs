//! Changes below the key `ai`.

use super::emit::Yaml;
use super::nested::{At, Step, change};
use super::{parse, splice};
use serde_json::Value;
use std::fmt;

/// Changes of providers and of the default one, in order. Has a `Debug` that shows names only: it may hold keys.
#[derive(Clone, PartialEq, Eq)]
pub struct AiChange(pub(crate) Vec<AiStep>);

/// One change below `ai`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum AiStep {
    /// Sets `ai.defaultprovider`, or takes it away.
    Default(Option<String>),
    /// Sets keys of a provider's entry, or takes those without a value away; makes the entry if there is none.
    Set(String, Vec<(&'static str, Option<Yaml>)>),
    /// Takes a provider's entry away.
    Remove(String),
}

impl fmt::Debug for AiChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = f.debug_list();
        for step in &self.0 {
            match step {
                AiStep::Default(name) => list.entry(&("default", name)),
                AiStep::Set(name, keys) => {
                    list.entry(&("set", name, keys.iter().map(|(key, _)| *key).collect::<Vec<_>>()))
                }
                AiStep::Remove(name) => list.entry(&("remove", name)),
            };
        }
        list.finish()
    }
}

const AI: At<'_> = At::Key("ai");
const PROVIDERS: At<'_> = At::Key("providers");

impl AiChange {
    /// The changed text; `None` when that cannot be done without touching something else.
    pub(super) fn apply(&self, text: &str) -> Option<String> {
        self.0.iter().try_fold(text.to_owned(), |text, step| step.apply(&text))
    }
}

impl AiStep {
    fn apply(&self, text: &str) -> Option<String> {
        let root = Value::Object(parse::document(text).ok()?);
        let ai = get(&root, "ai").filter(|ai| ai.as_object().is_some_and(|keys| !keys.is_empty()));
        let providers = ai.and_then(|ai| get(ai, "providers")).and_then(Value::as_array);
        let at = |wanted: &str| {
            let named = |item: &Value| {
                get(item, "name")
                    .and_then(Value::as_str)
                    .is_some_and(|name| name.eq_ignore_ascii_case(wanted))
            };
            providers.and_then(|list| list.iter().position(named))
        };
        match (self, ai) {
            (AiStep::Default(None) | AiStep::Remove(_), None) => Some(text.to_owned()),
            (AiStep::Default(Some(name)), None) => {
                splice::set(text, "ai", &Yaml::Map(vec![("defaultprovider", Yaml::text(name))]))
            }
            (AiStep::Set(name, keys), None) => {
                splice::set(text, "ai", &Yaml::Map(vec![("providers", Yaml::List(vec![item(name, keys)]))]))
            }
            (AiStep::Default(Some(name)), Some(_)) => {
                change(text, &[AI], &Step::Set("defaultprovider", &Yaml::text(name)))
            }
            (AiStep::Default(None), Some(_)) => change(text, &[AI], &Step::Unset("defaultprovider")),
            (AiStep::Remove(name), Some(_)) => match at(name) {
                Some(n) => change(text, &[AI], &Step::Take("providers", n)),
                None => Some(text.to_owned()),
            },
            (AiStep::Set(name, keys), Some(_)) => match at(name) {
                None => change(text, &[AI], &Step::Append("providers", &item(name, keys))),
                Some(n) => keys.iter().try_fold(text.to_owned(), |text, (key, value)| {
                    let step = value.as_ref().map_or(Step::Unset(key), |value| Step::Set(key, value));
                    change(&text, &[AI, PROVIDERS, At::Item(n)], &step)
                }),
            },
        }
    }
}

/// A new entry.
fn item(name: &str, keys: &[(&'static str, Option<Yaml>)]) -> Yaml {
    let given = keys.iter().filter_map(|(key, value)| Some((*key, value.clone()?)));
    Yaml::Map(std::iter::once(("name", Yaml::text(name))).chain(given).collect())
}

fn get<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    value.as_object()?.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}
