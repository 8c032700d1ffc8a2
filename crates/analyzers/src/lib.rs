//! View to findings to causes.
//!
//! A rule is a pure function over a [`view::View`]; a folder under `rules` is an analyzer, a file in it
//! a rule, and its path is its id. [`run`] runs rules, [`fold`] merges their findings into root causes.
//!
//! Invariant: no IO, no async, no clock.

mod attachment;
mod autoscale;
mod began;
mod budgets;
mod callers;
mod certificates;
mod claims;
mod conditions;
mod containers;
mod crashes;
mod cron;
mod custom;
mod eks;
mod endpoints;
mod evidence;
mod filters;
mod finalizers;
mod finding;
mod fingerprint;
mod flux;
mod fold;
mod gateways;
mod graph;
mod images;
mod issuance;
mod jobs;
mod labels;
mod levels;
mod limits;
mod logs;
mod mentions;
mod messages;
mod netpol;
mod operators;
mod placement;
mod pod_security;
mod polarity;
mod policies;
mod policy_words;
mod probes;
mod prometheus;
mod readiness;
mod reasons;
mod refusal;
mod registry;
mod related;
mod routes;
mod rule;
mod run;
mod runners;
mod scheduling;
mod scope;
mod security;
mod silence;
mod starting;
mod statement;
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
pub use logs::{drop_untold, read_log, telling_lines, wanted_logs};
pub use registry::{entries, entry, registered};
pub use related::Related;
pub use rule::{Analyzer, Entry, Registered, Rule};
pub use run::{Outcome, kinds_chosen, kinds_needed, rules_for, run};
pub use scope::{Scope, select};
pub use silence::{By, Glob, Hidden, Ignore, Silence, silence};
pub use statement::{CUSTOM, Said, Statement, take_in};
pub use words::{bounded, near};
