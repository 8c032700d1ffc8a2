//! What is known of a cause as one bounded JSON document.

use crate::{Masker, Question};
use serde_json::{Map, Value, json};

/// Longest document (characters). What does not fit is left out, and the document says so.
pub const PROMPT_MAX: usize = 12_000;

/// Hides what must not be sent.
pub(super) struct Hide<'m> {
    /// None: names are sent as they are.
    pub masker: Option<&'m Masker>,
}

/// How much of each part is told.
#[derive(Clone, Copy)]
struct Room {
    neighbours: usize,
    evidence: usize,
    chain: usize,
    steps: usize,
    text: usize,
}

/// From ample to scant. The last fits whatever the texts hold.
const ROOMS: &[Room] = &[
    Room { neighbours: 8, evidence: 12, chain: 12, steps: 8, text: 600 },
    Room { neighbours: 5, evidence: 8, chain: 8, steps: 6, text: 400 },
    Room { neighbours: 3, evidence: 5, chain: 5, steps: 5, text: 300 },
    Room { neighbours: 1, evidence: 4, chain: 4, steps: 4, text: 200 },
    Room { neighbours: 0, evidence: 3, chain: 3, steps: 3, text: 120 },
    Room { neighbours: 0, evidence: 2, chain: 2, steps: 2, text: 60 },
];

/// The document: at most [`PROMPT_MAX`] characters.
pub(super) fn document(question: &Question, hide: &Hide) -> String {
    let mut last = String::new();
    for room in ROOMS {
        last = escaped(&filled(question, hide, *room));
        if last.chars().count() <= PROMPT_MAX {
            break;
        }
    }
    last
}

fn filled(question: &Question, hide: &Hide, room: Room) -> Value {
    let text = |given: &String| Value::from(hide.text(given, room.text));
    let list = |given: &[String], most: usize| -> Value { given.iter().take(most).map(text).collect() };
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        if !empty {
            out.insert(key.to_owned(), value);
        }
    };
    put("rule", question.rule.as_str().into());
    put("severity", question.severity.as_str().into());
    put("object", text(&format!("{} {}", question.kind, question.object)));
    put("finding", hide.text(&question.sentence, room.text * 2).into());
    put("field", question.field.as_str().into());
    let proof = question.evidence.iter().take(room.evidence);
    put("evidence", proof.map(|p| json!({ "source": p.source, "text": text(&p.text) })).collect());
    put("objects_with_this_fault", question.roots.into());
    put("the_same_on", list(&question.replicas, room.steps));
    put("objects_touched", question.reach.into());
    let chain =
        question.chain.iter().take(room.chain).map(
            |step| json!({ "object": text(&step.object), "what": text(&step.brief), "count": step.count }),
        );
    put("explains", chain.collect());
    put("advice", list(&question.fixes, room.steps));
    put("commands", list(&question.commands, room.steps));
    let near = question.neighbours.iter().take(room.neighbours);
    let near = near.map(|n| json!({ "object": text(&n.object), "facts": list(&n.facts, usize::MAX) }));
    put("neighbours", near.collect());
    put("left_out", left_out(question, room).into());
    Value::Object(out)
}

/// What the room did not hold, in words.
fn left_out(question: &Question, room: Room) -> String {
    let parts = [
        ("neighbours", question.neighbours.len().saturating_sub(room.neighbours)),
        ("pieces of evidence", question.evidence.len().saturating_sub(room.evidence)),
        ("steps of the chain", question.chain.len().saturating_sub(room.chain)),
        ("lines of advice", question.fixes.len().saturating_sub(room.steps)),
        ("commands", question.commands.len().saturating_sub(room.steps)),
        ("replicas", question.replicas.len().saturating_sub(room.steps)),
    ];
    let parts =
        parts.into_iter().filter(|(_, count)| *count > 0).map(|(word, count)| format!("{count} {word}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// JSON, one member a line, in which nothing can pass for the mark of a role or of a quotation.
pub(super) fn escaped(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.replace('<', "\\u003c")
        .replace("[INST", "\\u005bINST")
        .replace("[/INST", "\\u005b/INST")
        .replace("---", "--\\u002d")
}
