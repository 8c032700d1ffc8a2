//! View to findings to causes.
//!
//! A rule is a pure function over a [`view::View`]; a folder under `rules` is an analyzer, a file in it
//! a rule, and its path is its id. [`run`] runs rules, [`fold`] merges their findings into root causes.
//!
//! Invariant: no IO, no async, no clock.

mod claims;
mod containers;
mod crashes;
mod cron;
mod endpoints;
mod evidence;
mod filters;
mod finalizers;
mod finding;
mod fold;
mod images;
mod jobs;
mod labels;
mod logs;
mod messages;
mod placement;
mod probes;
mod readiness;
mod refusal;
mod registry;
mod rule;
mod run;
mod runners;
mod scheduling;
mod scope;
mod security;
mod starting;
mod storage;
mod unplaced;
mod usage;
mod volume;
mod webhooks;
mod words;

pub use evidence::{Evidence, Source};
pub use filters::{FilterSet, UnknownFilter, filter_names, resolve_filter};
pub use finding::{Finding, Findings, LogWant, Severity};
pub use fold::{Cause, Link, fold};
pub use logs::{read_log, telling_lines, wanted_logs};
pub use registry::{entries, entry, registered};
pub use rule::{Analyzer, Entry, Registered, Rule};
pub use run::{Outcome, kinds_needed, rules_for, run};
pub use scope::{Scope, select};
pub use words::near;
