//! # ConfigMap without data
//!
//! ## What it finds
//! A ConfigMap that has neither `data` nor `binaryData`.
//!
//! ## Why it matters
//! Whoever reads it gets nothing; often a generator or template has failed.
//!
//! ## When it stays silent
//! It speaks only when the filter ConfigMap is named, and passes over the namespaces `kube-*`, ConfigMaps
//! that a controller owns or that serve as locks, and those marked as loaded by other means
//! (`configmap/unused` has the list).
//!
//! ## What to do
//! Fill it, or delete it.

use crate::{Findings, Rule, Severity, Source, usage};
use view::{Kind, Object, View};

/// The rule `configmap/empty`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ConfigMap],
    severity: Severity::Info,
    since: "0.1.0",
    default: false,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for map in view.config_maps.iter().filter(|map| usage::is_plain(map)) {
        if map.data.is_empty() && map.binary_data.is_empty() {
            let finding = out.on(map.reference(), "has no data");
            let path = map.reference().path();
            finding
                .brief("empty")
                .field("data")
                .proof(Source::Cluster, "neither data nor binaryData has a key")
                .fix(format!("fill ConfigMap {path}, or delete it"));
        }
    }
}
