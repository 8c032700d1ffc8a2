//! One facade: [`Request`] to [`Report`].
//!
//! The engine owns the order of an analysis (read, rules, logs, fold, scope), the configuration file
//! and the rendering of a Report to text, Markdown, JSON and YAML. Fronts (the command line, MCP) call
//! it and print; they do not analyse.

pub mod config;
pub mod filters;
pub mod integrations;
mod report;
mod request;

pub use report::{Affected, CauseReport, ErrorEntry, Explanation, Gap, Report, ResultEntry, Run};
pub use request::Request;

pub use cluster;
