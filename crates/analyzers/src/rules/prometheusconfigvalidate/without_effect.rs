//! # Part of Prometheus' configuration that cannot work
//!
//! ## What it finds
//! What Prometheus accepts and what never has an effect: a job without static targets and without service
//! discovery, a scheme that is neither http nor https, a query in `metrics_path`, a `remote_write` URL
//! without its scheme, rule files in a folder where nothing is mounted.
//!
//! ## Why it matters
//! Prometheus runs and says nothing of it. The metrics or the alerts are missing when they are needed.
//!
//! ## When it stays silent
//! When the configuration could not be read or is refused as a whole. Rule files count only for the
//! project's own images, which bring none; others may hold them.
//!
//! ## What to do
//! Make the change that is named, or remove the part.

use crate::prometheus::{self, Config, Idle};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, View};

/// The rule `prometheusconfigvalidate/without-effect`.
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
        let idle = prometheus::idle(&config);
        if !idle.is_empty() && prometheus::refusals(view, &config).is_empty() {
            idle.iter().take(5).for_each(|idle| report(&config, idle, out));
        }
    }
}

fn report(config: &Config<'_>, idle: &Idle, out: &mut Findings) {
    let says = format!("has a part without effect: {} line {}: {}", config.key, idle.line, idle.says);
    let finding = out.on(config.object.clone(), says);
    finding.brief("a part has no effect");
    finding.proof(Source::Spec, prometheus::read_by(config));
    finding.fix(idle.fix.clone());
    prometheus::origin(config, &idle.says, finding);
    prometheus::commands(config, finding);
}
