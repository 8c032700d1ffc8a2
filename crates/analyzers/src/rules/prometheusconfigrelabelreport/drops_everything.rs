//! # Relabel rule that drops everything
//!
//! ## What it finds
//! A relabel rule with the action `keep` by a label that no target of its job can have: a label of another
//! role of Kubernetes service discovery, a misspelt one, or a label of discovery among the rules for samples
//! (`metric_relabel_configs`), where those labels are gone.
//!
//! ## Why it matters
//! The rule drops every target or every sample of the job. Prometheus runs and says nothing of it.
//!
//! ## When it stays silent
//! When the rule also matches an empty label, when an earlier rule writes the label, when the job has other
//! discovery than Kubernetes', and when the configuration could not be read or is refused as a whole.
//!
//! ## What to do
//! Use a label that the role sets, or the role that sets the label.

use crate::prometheus::{self, Config, Void};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, View};

/// The rule `prometheusconfigrelabelreport/drops-everything`.
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
        voids.retain(|void| void.drops.is_some());
        if !voids.is_empty() && prometheus::refusals(view, &config).is_empty() {
            voids.iter().take(5).for_each(|void| report(&config, void, out));
        }
    }
}

fn report(config: &Config<'_>, void: &Void, out: &mut Findings) {
    let Void { line, job, says, fix, drops } = void;
    let what = drops.unwrap_or("target");
    let says = format!("drops every {what} of {job}: {} line {line}: {says}", config.key);
    let finding = out.on(config.object.clone(), says);
    finding.brief(format!("drops every {what} of {job}"));
    finding.proof(Source::Spec, prometheus::read_by(config)).fix(fix.clone());
    prometheus::origin(config, job, finding);
    prometheus::commands(config, finding);
}
