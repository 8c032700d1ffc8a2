//! # Prometheus scrapes nothing
//!
//! ## What it finds
//! A Prometheus server whose configuration has no scrape configs.
//!
//! ## Why it matters
//! The server runs and collects no metric: no alert that needs one will ever fire.
//!
//! ## When it stays silent
//! When scrape configs come from other files (`scrape_config_files`), when the server reads from elsewhere
//! (`remote_read`) or takes in what others send (remote write, OTLP), when the configuration could not be
//! read, and when Prometheus refuses it anyway.
//!
//! ## What to do
//! Add `scrape_configs`. Where an operator writes the configuration, the Prometheus object selects no
//! ServiceMonitor or PodMonitor: compare its selectors with the labels of those.

use crate::prometheus::{self, Config};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, View};

/// The rule `prometheusconfigvalidate/no-scrape-configs`.
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
        if prometheus::scrapes_nothing(&config) && prometheus::refusals(view, &config).is_empty() {
            report(&config, out);
        }
    }
}

fn report(config: &Config<'_>, out: &mut Findings) {
    let says = format!("has no scrape configs in {}: Prometheus collects no metrics", config.key);
    let finding = out.on(config.object.clone(), says);
    finding.brief("no scrape configs");
    finding.proof(Source::Spec, prometheus::read_by(config));
    if prometheus::is_generated(config) {
        finding.severity(Severity::Info);
        finding.fix("let serviceMonitorSelector or podMonitorSelector of the Prometheus object select monitors that exist: compare them with their labels and namespaces");
    } else {
        finding.fix(format!("add scrape_configs to {} of {}", config.key, config.object));
    }
    prometheus::commands(config, finding);
}
