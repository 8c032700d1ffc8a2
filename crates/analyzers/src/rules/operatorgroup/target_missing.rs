//! # OperatorGroup selects a namespace that does not exist
//!
//! ## What it finds
//! An OperatorGroup whose `spec.targetNamespaces` names a namespace that does not exist.
//!
//! ## Why it matters
//! The operators of the group watch a namespace that is not there, and most likely not the one that was
//! meant.
//!
//! ## When it stays silent
//! When namespaces could not be read, and for groups being deleted.
//!
//! ## What to do
//! Correct the name, or create the namespace.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Namespace, Object, Str, View};

/// The rule `operatorgroup/target-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::OperatorGroup, Kind::Namespace],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for group in view.operator_groups.iter().filter(|g| g.metadata.deletion_timestamp.is_none()) {
        let targets = group.spec.target_namespaces.iter().filter(|name| !name.is_empty());
        let missing: Vec<&Str> =
            targets.filter(|name| view.lookup::<Namespace>("", name).is_missing()).collect();
        let Some(first) = missing.first() else { continue };
        let names = words::join_some(&missing, 4);
        let (noun, verb) = if missing.len() == 1 { ("namespace", "does") } else { ("namespaces", "do") };
        let says = format!("selects {noun} {names}, which {verb} not exist");
        let finding = out.on(group.reference(), says);
        finding.brief("target does not exist").field("spec.targetNamespaces");
        let all = words::join_some(group.spec.target_namespaces.iter(), 8);
        finding.proof(Source::Spec, format!("targetNamespaces: [{all}]"));
        let near = words::near(first, view.namespaces.iter().map(|n| n.metadata.name.as_str()));
        if !near.is_empty() {
            finding.proof(Source::Cluster, format!("near namespaces: {}", near.join(", ")));
        }
        finding.fix(match near.first() {
            Some(name) => format!("set {name} in place of {first} in {}", group.reference()),
            None => format!("create namespace {first}, or take it out of {}", group.reference()),
        });
    }
}
