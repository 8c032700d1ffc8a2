//! # Several default StorageClasses
//!
//! ## What it finds
//! More than one StorageClass that is marked as the default.
//!
//! ## Why it matters
//! Claims without a class get the one that was created last: which one that is, is an accident.
//!
//! ## When it stays silent
//! With one default class, or none.
//!
//! ## What to do
//! Take the mark from all but one.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, StorageClass, View};

/// The rule `storageclass/multiple-defaults`.
pub static RULE: Rule = Rule {
    needs: &[Kind::StorageClass],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let defaults: Vec<&StorageClass> =
        view.storage_classes.iter().map(AsRef::as_ref).filter(|class| class.is_default()).collect();
    // The newest wins; of equally old ones the first by name.
    let newest = defaults.iter().rev().max_by_key(|class| class.metadata.creation_timestamp);
    let Some(newest) = newest.filter(|_| defaults.len() > 1) else { return };
    let others =
        defaults.iter().map(|c| c.metadata.name.as_str()).filter(|name| *newest.metadata.name != **name);
    let others = words::join_some(others, 5);
    let finding = out.on(
        newest.reference(),
        format!("is the default together with {others}: claims without class get the newest"),
    );
    let all = words::join_some(defaults.iter().map(|c| c.metadata.name.as_str()), 8);
    finding
        .brief("not the only default")
        .field("metadata.annotations")
        .proof(Source::Cluster, format!("defaults: {all}"));
    finding.fix(format!(
        "take the mark from {others}: kubectl annotate storageclass <name> storageclass.kubernetes.io/is-default-class-"
    ));
}
