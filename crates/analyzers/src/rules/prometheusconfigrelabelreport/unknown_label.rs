//! # Relabel rule that reads a misspelt label
//!
//! ## What it finds
//! A relabel rule that reads a label `__meta_kubernetes_…` which Kubernetes service discovery never sets, and
//! which is spelt almost as one that it does set, or with characters for which discovery writes `_`.
//!
//! ## Why it matters
//! The label is always empty: the rule does not do what it is meant to do, and Prometheus says nothing of it.
//!
//! ## When it stays silent
//! About labels that are near to no known one, in jobs that have other discovery than Kubernetes', and when
//! the configuration could not be read or is refused as a whole.
//!
//! ## What to do
//! Write the label as it is named. Dots, slashes and dashes in the names of labels and annotations become
//! underscores.

use crate::prometheus::{self, Config, Void};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, View};

/// The rule `prometheusconfigrelabelreport/unknown-label`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::ConfigMap, Kind::Secret],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for config in prometheus::configs(view) {
        let mut voids = prometheus::voids(&config);
        voids.retain(|void| void.drops.is_none());
        if !voids.is_empty() && prometheus::refusals(view, &config).is_empty() {
            voids.iter().take(5).for_each(|void| report(&config, void, out));
        }
    }
}

fn report(config: &Config<'_>, void: &Void, out: &mut Findings) {
    let Void { line, job, says, fix, .. } = void;
    let says = format!("reads a label that does not exist in {job}: {} line {line}: {says}", config.key);
    let finding = out.on(config.object.clone(), says);
    finding.brief("a relabel rule reads a label that does not exist");
    finding.proof(Source::Spec, prometheus::read_by(config)).fix(fix.clone());
    prometheus::origin(config, job, finding);
    prometheus::commands(config, finding);
}
