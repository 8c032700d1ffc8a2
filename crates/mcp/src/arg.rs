//! One declaration an argument: from it come the JSON schema that clients see, the table in the docs,
//! and the lenient reading of what clients send.

use serde_json::{Map, Value, json};

/// An argument of a tool or a prompt.
#[derive(Clone, Copy, Debug)]
pub struct Arg {
    /// Name as documented, camelCase.
    pub name: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// Whether a call without it is refused.
    pub required: bool,
    /// One sentence for the reader of the schema.
    pub description: &'static str,
    /// Other names that mean the same. Spelling (`tail_lines`, `tail-lines`, `TailLines`) never matters.
    pub aliases: &'static [&'static str],
}

/// What values an argument takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Str,
    /// One of these words, in any case.
    Choice(&'static [&'static str]),
    /// `true` or `false`.
    Bool,
    /// A whole number; more than `max` counts as `max`.
    Int {
        /// Least value.
        min: i64,
        /// Greatest value.
        max: i64,
    },
    /// Several texts: an array, or one text with commas.
    List,
    /// An object with these members.
    Object(&'static [Arg]),
    /// Several objects with these members; a single one is a list of one.
    Objects(&'static [Arg]),
}

impl Arg {
    /// An argument that may be left out.
    pub const fn optional(name: &'static str, kind: Kind, description: &'static str) -> Arg {
        Arg { name, kind, required: false, description, aliases: &[] }
    }

    /// An argument that must be given.
    pub const fn required(name: &'static str, kind: Kind, description: &'static str) -> Arg {
        Arg { name, kind, required: true, description, aliases: &[] }
    }

    /// The same with other names.
    pub const fn or(self, aliases: &'static [&'static str]) -> Arg {
        Arg { aliases, ..self }
    }

    /// The JSON schema of its values.
    pub fn schema(&self) -> Value {
        let mut schema = self.kind.schema();
        schema.insert("description".to_owned(), json!(self.description));
        Value::Object(schema)
    }
}

impl Kind {
    fn schema(self) -> Map<String, Value> {
        let value = match self {
            Kind::Str => json!({ "type": "string" }),
            Kind::Choice(words) => json!({ "type": "string", "enum": words }),
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::Int { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
            Kind::List => json!({ "type": "array", "items": { "type": "string" } }),
            Kind::Object(args) => return object_schema(args),
            Kind::Objects(args) => json!({ "type": "array", "items": object_schema(args) }),
        };
        match value {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }

    /// The type in a word, for tables.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Str | Kind::Choice(_) => "string",
            Kind::Bool => "boolean",
            Kind::Int { .. } => "integer",
            Kind::List => "array of strings",
            Kind::Object(_) => "object",
            Kind::Objects(_) => "array of objects",
        }
    }

    /// What is accepted, with an example.
    pub fn accepted(self) -> String {
        match self {
            Kind::Str => "a string, for example \"default\"".to_owned(),
            Kind::Choice(words) => format!("one of {}", words.join(", ")),
            Kind::Bool => "true or false, also as a string".to_owned(),
            Kind::Int { min, max } => format!("a whole number from {min} to {max}, also as a string"),
            Kind::List => {
                "an array of strings such as [\"Pod\",\"Service\"], or a string with commas".to_owned()
            }
            Kind::Object(args) => format!("an object with {}", names(args)),
            Kind::Objects(args) => format!("an object with {}, or an array of them", names(args)),
        }
    }
}

/// The schema of an object with these members. Plain types only, optional members are simply not
/// required, and unknown members stay allowed: strict clients drop nullable types, `$schema` and formats.
pub fn object_schema(args: &[Arg]) -> Map<String, Value> {
    let properties: Map<String, Value> = args.iter().map(|arg| (arg.name.to_owned(), arg.schema())).collect();
    let required: Vec<&str> = args.iter().filter(|arg| arg.required).map(|arg| arg.name).collect();
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), Value::Object(properties));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}

fn names(args: &[Arg]) -> String {
    args.iter().map(|arg| arg.name).collect::<Vec<_>>().join(", ")
}
