//! The shape of an answer.

use serde_json::{Value, json};

/// Tools by which a model may look closer.
pub(super) const TOOLS: [&str; 4] = ["get_object", "logs", "events", "list"];

/// JSON schema of the answer. Every member is required and none may be added, as backends that are strict want
/// it; when the model may look closer, an empty `look` means that it has answered.
pub(super) fn schema(investigate: bool) -> Value {
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": text });
    let mut members = json!({
        "cause": text,
        "steps": texts,
        "commands": texts,
        "confidence": { "type": "string", "enum": ["high", "medium", "low"] },
    });
    if investigate {
        let args = json!({ "kind": text, "namespace": text, "name": text, "container": text });
        let look = json!({ "tool": { "type": "string", "enum": TOOLS }, "args": object(&args) });
        members["look"] = json!({ "type": "array", "items": object(&look) });
    }
    object(&members)
}

fn object(members: &Value) -> Value {
    let names: Vec<&String> = members.as_object().into_iter().flat_map(|map| map.keys()).collect();
    json!({ "type": "object", "required": names, "additionalProperties": false, "properties": members })
}
