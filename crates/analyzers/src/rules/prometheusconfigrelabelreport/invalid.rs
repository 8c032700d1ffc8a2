//! # Relabel rule that Prometheus refuses
//!
//! ## What it finds
//! A relabel rule in the configuration of a Prometheus server for which Prometheus refuses the whole
//! configuration: a regular expression that is not valid, an action that does not exist, a field that the
//! action needs and that is missing, or one that it must not have, a label with a name that is not valid.
//!
//! ## Why it matters
//! Prometheus does not start with it. One that runs goes on with what it loaded before, ignores every later
//! change, and does not come back after its next restart.
//!
//! ## When it stays silent
//! When no running pod reads the text, when it could not be read or is redacted in a recording, and about
//! names of labels that Prometheus 3 allows.
//!
//! ## What to do
//! Correct the rule that is named. Regular expressions are RE2: without lookaround and references back, and
//! anchored at both ends by Prometheus itself.

use crate::{Findings, Rule, Severity, prometheus};
use view::{Kind, View};

/// The rule `prometheusconfigrelabelreport/invalid`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::ConfigMap, Kind::Secret],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for config in prometheus::configs(view) {
        let mut faults = prometheus::refusals(view, &config);
        faults.retain(|fault| fault.relabelling);
        prometheus::refused(&config, &faults, out);
    }
}
