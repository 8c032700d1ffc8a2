//! What a tool answers: text for the reader, the same as structured content, both bounded.

use serde_json::{Map, Value, json};

/// The answer of a tool that worked.
#[derive(Clone, Debug)]
pub struct Output {
    /// Text blocks; the first is the answer, further ones are notes about it.
    pub text: Vec<String>,
    /// The structured content.
    pub data: Map<String, Value>,
}

/// Why a tool could not answer, in words for the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl Fault {
    /// A fault about an argument: the field first.
    pub fn about(field: &str, problem: impl std::fmt::Display) -> Fault {
        Fault(format!("{field}: {problem}"))
    }
}

impl From<crate::read::ArgError> for Fault {
    fn from(error: crate::read::ArgError) -> Fault {
        Fault(error.to_string())
    }
}

impl Output {
    /// An answer of one text block.
    pub fn new(text: impl Into<String>, data: Value) -> Output {
        let data = match data {
            Value::Object(map) => map,
            other => Map::from_iter([("value".to_owned(), other)]),
        };
        Output { text: vec![text.into()], data }
    }

    /// The same with a note about it, also in the structured content.
    pub fn note(mut self, note: impl Into<String>) -> Output {
        let note = note.into();
        let notes = self.data.entry("notes").or_insert_with(|| json!([]));
        if let Some(notes) = notes.as_array_mut() {
            notes.push(json!(note));
        }
        self.text.push(note);
        self
    }
}

/// How many of the items fit into `budget` characters of JSON; at least one.
pub fn fitting(items: &[Value], budget: usize) -> usize {
    let mut used = 0;
    for (at, item) in items.iter().enumerate() {
        used += size(item) + 2;
        if used > budget {
            return at.max(1);
        }
    }
    items.len()
}

/// Characters of a value as compact JSON, as it is shown.
pub fn size(value: &Value) -> usize {
    crate::text::visible(&value.to_string()).chars().count()
}

/// Lists as JSON with an item on each line.
pub fn lines(items: &[Value]) -> String {
    if items.is_empty() {
        return "[]".to_owned();
    }
    let rows: Vec<String> = items.iter().map(Value::to_string).collect();
    format!("[\n{}\n]", rows.join(",\n"))
}

/// Cuts long texts, then long lists, until `value` has at most `budget` characters. Whether anything was
/// cut.
pub fn shrink(value: &mut Value, budget: usize) -> bool {
    if size(value) <= budget {
        return false;
    }
    for (text, items) in [(4000, 1000), (1000, 300), (300, 100), (100, 30), (60, 10), (30, 3), (10, 1)] {
        cut_within(value, text, items);
        if size(value) <= budget {
            break;
        }
    }
    true
}

fn cut_within(value: &mut Value, max_text: usize, max_items: usize) {
    match value {
        Value::String(text) => {
            let count = text.chars().count();
            // What was cut before must not grow a second mark.
            if count > max_text + 40 {
                let kept = crate::text::cut(text, max_text);
                *text = format!("{kept} [{} characters left out]", count - max_text);
            }
        }
        Value::Array(items) => {
            items.truncate(max_items);
            items.iter_mut().for_each(|item| cut_within(item, max_text, max_items));
        }
        Value::Object(map) => {
            if map.len() > max_items.max(12) {
                let gone: Vec<String> = map.keys().skip(max_items.max(12)).cloned().collect();
                gone.iter().for_each(|key| {
                    map.remove(key);
                });
            }
            map.values_mut().for_each(|member| cut_within(member, max_text, max_items));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_cut_between_items() {
        let items = vec![json!({ "a": "x".repeat(40) }); 10];
        assert_eq!(fitting(&items, 160), 3);
        assert_eq!(fitting(&items, 1), 1);
        assert_eq!(fitting(&items, 10_000), 10);
        assert_eq!(serde_json::from_str::<Value>(&lines(&items)).unwrap(), json!(items));
    }

    #[test]
    fn large_objects_shrink_and_say_so() {
        let mut value = json!({ "data": { "big": "é".repeat(100_000) }, "list": vec!["abc"; 50_000] });
        assert!(shrink(&mut value, 5_000));
        assert!(size(&value) <= 5_000);
        assert!(value["data"]["big"].as_str().unwrap().contains("characters left out"));
        assert!(!shrink(&mut value, 5_000));
    }
}
