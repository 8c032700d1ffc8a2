//! One facade: [`Request`] to [`Report`].
//!
//! The engine owns the order of an analysis (read, rules, logs, fold, scope), the configuration file
//! and the rendering of a Report to text, Markdown, JSON and YAML. Fronts (the command line, MCP) call
//! it and print; they do not analyse.

mod assemble;
mod checks;
pub mod config;
pub mod custom;
mod diagnosis;
mod docs;
pub mod doctor;
pub mod dump;
mod elsewhere;
mod engine;
mod error;
mod explaining;
pub mod filters;
mod finish;
pub mod integrations;
mod known;
mod looking;
mod object;
pub mod providers;
pub mod reference;
pub mod render;
mod report;
mod request;
pub mod rules;

pub use analyzers::Severity;
pub use cluster;
pub use engine::{Engine, EngineOptions};
pub use error::Error;
pub use explain::{Event, cache};
pub use explaining::{Analysis, Chat, Tell, Told, call_backend, call_cache};
pub use known::{IgnoreError, IgnoreFile};
pub use remote;
pub use report::{
    Affected, CauseReport, Diagnosed, ErrorEntry, Explanation, Gap, Permission, Report, ResultEntry, Run,
    Said, Suppressed, SuppressedCause,
};
pub use request::Request;
