//! # Configuration of Prometheus is not valid YAML
//!
//! ## What it finds
//! A ConfigMap or Secret from which a Prometheus server reads its configuration, whose text is not YAML: a
//! wrong indentation, a missing colon or quote, a tab.
//!
//! ## Why it matters
//! Prometheus does not start with it. One that runs goes on with what it loaded before, ignores every later
//! change, and does not come back after its next restart.
//!
//! ## When it stays silent
//! When no running pod reads the text, when it could not be read or is redacted in a recording, and where
//! YAML parsers are known to disagree. The text of a Secret is never quoted.
//!
//! ## What to do
//! Correct the line that is named; the mistake may stand in the line above or below. `promtool check config`
//! tells whether Prometheus will take the result.

use crate::prometheus::{self, Broken, Config, Content, Parsed};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, View};

/// The rule `prometheusconfigvalidate/syntax`.
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
        if let Content::Text(parsed) = &config.content
            && let Parsed::Broken(broken) = &**parsed
        {
            report(&config, broken, out);
        }
    }
}

fn report(config: &Config<'_>, broken: &Broken, out: &mut Findings) {
    let Broken { line, column, says, .. } = broken;
    let says = format!("is not valid YAML: {} line {line}, column {column}: {says}", config.key);
    let finding = out.on(config.object.clone(), says);
    finding.brief(format!("{} is not valid YAML", config.key));
    if let Some(quote) = broken.quote.as_ref().filter(|_| config.object.kind != Kind::Secret.name()) {
        finding.proof(Source::Spec, format!("line {line}: {quote}"));
    }
    prometheus::impact(config, finding);
    finding.fix(format!("correct line {line} of {}, or the lines next to it", config.key));
    prometheus::origin(config, "", finding);
    prometheus::commands(config, finding);
}
