//! The tools: one table, sorted by name.

pub mod analyze;
mod cache_section;
mod cluster_info;
mod config;
mod filters;
mod get_logs;
mod get_resource;
mod list_events;
mod list_integrations;
mod list_namespaces;
mod list_resources;
pub mod rows;

use std::sync::Arc;

use futures::future::BoxFuture;
use rmcp::model::ToolAnnotations;
use serde_json::{Map, Value, json};

use crate::arg::{self, Arg};
use crate::handler::Server;
use crate::output::{Fault, Output};
use crate::read::Args;

/// A tool.
pub struct Tool {
    /// Name as documented.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it does, for the reader who chooses among tools.
    pub description: &'static str,
    /// What it takes.
    pub args: &'static [Arg],
    /// Whether it changes the configuration file. No tool changes the cluster.
    pub writes: bool,
    /// Top-level members of its structured content.
    pub fields: &'static [Field],
    /// Runs it.
    pub run: Run,
}

/// What runs a tool.
pub type Run = for<'a> fn(&'a Server, Args) -> BoxFuture<'a, Result<Output, Fault>>;

/// A member of a tool's structured content.
pub struct Field {
    /// Its key.
    pub name: &'static str,
    /// Its JSON type.
    pub kind: &'static str,
    /// Whether it is always there.
    pub always: bool,
    /// What it holds.
    pub description: &'static str,
}

/// A member that is always there.
pub const fn always(name: &'static str, kind: &'static str, description: &'static str) -> Field {
    Field { name, kind, always: true, description }
}

/// A member that may be missing.
pub const fn sometimes(name: &'static str, kind: &'static str, description: &'static str) -> Field {
    Field { name, kind, always: false, description }
}

/// All tools, sorted by name.
pub static ALL: &[&Tool] = &[
    &filters::ADD,
    &analyze::TOOL,
    &cluster_info::TOOL,
    &config::TOOL,
    &get_logs::TOOL,
    &get_resource::TOOL,
    &list_events::TOOL,
    &filters::LIST,
    &list_integrations::TOOL,
    &list_namespaces::TOOL,
    &list_resources::TOOL,
    &filters::REMOVE,
];

/// The tool of this name.
pub fn find(name: &str) -> Option<&'static Tool> {
    ALL.iter().copied().find(|tool| tool.name == name)
}

impl Tool {
    /// As clients see it.
    pub fn declaration(&self) -> rmcp::model::Tool {
        let annotations = ToolAnnotations::with_title(self.title)
            .read_only(!self.writes)
            .destructive(false)
            .idempotent(true)
            .open_world(!self.writes);
        rmcp::model::Tool::new(self.name, self.description, Arc::new(arg::object_schema(self.args)))
            .with_title(self.title)
            .with_raw_output_schema(Arc::new(self.output_schema()))
            .with_annotations(annotations)
    }

    fn output_schema(&self) -> Map<String, Value> {
        let property = |field: &Field| {
            let mut schema = json!({ "type": field.kind, "description": field.description });
            if field.kind == "array" {
                // Some clients refuse an array that does not say what it holds.
                schema["items"] = json!({});
            }
            (field.name.to_owned(), schema)
        };
        let required: Vec<&str> =
            self.fields.iter().filter(|field| field.always).map(|field| field.name).collect();
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(self.fields.iter().map(property).collect()));
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        schema
    }
}
