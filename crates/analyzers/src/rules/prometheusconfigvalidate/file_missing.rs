//! # Configuration file of Prometheus is not in its ConfigMap
//!
//! ## What it finds
//! A Prometheus server that is told by `--config.file` to read a file of a mounted ConfigMap or Secret which
//! has no such key.
//!
//! ## Why it matters
//! Prometheus ends at once: it cannot open its configuration.
//!
//! ## When it stays silent
//! When the ConfigMap or Secret does not exist or could not be read, when the volume names its keys or the
//! file is mounted by `subPath` (other rules tell then), and when the path leads to no ConfigMap or Secret.
//!
//! ## What to do
//! Give the key the name that the flag asks for, or let the flag name the key that is there.

use crate::prometheus::{self, Config, Content};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Str, View};

/// The rule `prometheusconfigvalidate/file-missing`.
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
        if let Content::NoKey(keys) = &config.content {
            report(&config, keys, out);
        }
    }
}

fn report(config: &Config<'_>, keys: &[Str], out: &mut Findings) {
    let Config { object, key, path, .. } = config;
    let there = match keys {
        [] => "it has none".to_owned(),
        [one] => format!("its only key is {one}"),
        keys => format!("its keys are {}", words::join_some(keys, 8)),
    };
    let finding = out.on(
        object.clone(),
        format!("has no key {key}, from which Prometheus reads its configuration; {there}"),
    );
    finding.brief(format!("has no key {key}"));
    finding.proof(Source::Spec, prometheus::read_by(config));
    let near = words::near(key, keys.iter().map(Str::as_str));
    if let Some(near) = near.first() {
        let folder = path.strip_suffix(key.as_str()).unwrap_or_default();
        finding.fix(format!("rename key {near} of {object} to {key}, or set --config.file={folder}{near}"));
    } else {
        finding.fix(format!("add key {key} to {object}, or let --config.file name the file that is there"));
    }
    prometheus::commands(config, finding);
}
