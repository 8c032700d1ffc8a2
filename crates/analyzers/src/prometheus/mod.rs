//! Prometheus servers of the cluster and what is wrong with their configuration.
//!
//! A configuration is a value of a ConfigMap or Secret and may hold credentials: what is quoted of it are
//! names of fields and jobs, durations, patterns, labels, and hosts without what stands before the `@`.

mod check;
mod discover;
mod durations;
mod labels;
mod regex;
mod relabel;
mod report;
mod schema;
mod targets;
mod tree;
mod walk;

pub(crate) use check::refusals;
pub(crate) use discover::{Config, Content, configs};
pub(crate) use report::{commands, explains, impact, is_generated, origin, read_by, refused};
pub(crate) use targets::{Idle, Void, idle, scrapes_nothing, voids};
pub(crate) use tree::{Broken, Node, Parsed};

use crate::words;

/// Longest piece of a configuration (characters) that is quoted.
const SHOWN_MAX: usize = 80;
/// Most faults of one configuration that are collected.
const FAULTS_MAX: usize = 200;

/// Which versions of Prometheus refuse it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Certainty {
    /// All.
    Sure,
    /// Those whose fields are known here; a later one may have more.
    KnownVersion,
    /// 2.x; later ones take any UTF-8 name.
    Second,
    /// 3.x and later.
    Third,
}

/// Something for which Prometheus refuses a configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    /// Counted from 1.
    pub line: usize,
    /// `scrape_interval of job "node" is "5 minutes", which is no duration`.
    pub says: String,
    /// What to write instead.
    pub fix: String,
    pub certainty: Certainty,
    /// It is in a relabel rule.
    pub relabelling: bool,
}

impl Fault {
    fn new(line: usize, says: impl Into<String>, fix: impl Into<String>) -> Fault {
        let (says, fix) = (says.into(), fix.into());
        Fault { line, says, fix, certainty: Certainty::Sure, relabelling: false }
    }
}

/// Faults while they are collected.
struct Faults {
    list: Vec<Fault>,
    /// Variables are put in before Prometheus reads it: what holds a `$` is not known.
    expands: bool,
}

impl Faults {
    /// Nobody reads more.
    fn is_full(&self) -> bool {
        self.list.len() >= FAULTS_MAX
    }

    fn add(&mut self, fault: Fault) {
        // A rule that is shared through an anchor is wrong once.
        if !self.is_full() && !self.list.contains(&fault) {
            self.list.push(fault);
        }
    }
}

/// A piece of a configuration as it may be quoted: one line, bounded, without credentials.
fn shown(text: &str) -> String {
    let clean = words::bounded(text);
    let mut out: String = clean.chars().take(SHOWN_MAX).collect();
    if clean.chars().count() > SHOWN_MAX {
        out.push('…');
    }
    out
}
