//! # Configuration that Prometheus refuses
//!
//! ## What it finds
//! A ConfigMap or Secret from which a Prometheus server reads its configuration, with something in it for
//! which Prometheus refuses all of it: a field that it does not know, a field of the wrong form, a duration
//! such as `5 minutes`, a `scrape_timeout` longer than the `scrape_interval`, two jobs of one name, a URL
//! where a host belongs, two kinds of credentials in one place, a role of service discovery that does not
//! exist.
//!
//! ## Why it matters
//! Prometheus does not start with it. One that runs goes on with what it loaded before, ignores every later
//! change, and does not come back after its next restart.
//!
//! ## When it stays silent
//! When no running pod reads the text, when it could not be read or is redacted in a recording, and about
//! fields that a version newer than those known here may have, unless the server crashes. Relabel rules are
//! the matter of `prometheusconfigrelabelreport/invalid`.
//!
//! ## What to do
//! Make the change that is named for each line. `promtool check config` tells whether Prometheus will take
//! the result.

use crate::{Findings, Rule, Severity, prometheus};
use view::{Kind, View};

/// The rule `prometheusconfigvalidate/refused`.
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
        faults.retain(|fault| !fault.relabelling);
        prometheus::refused(&config, &faults, out);
    }
}
