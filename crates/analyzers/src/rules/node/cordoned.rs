//! # Node is cordoned
//!
//! ## What it finds
//! A node that takes no new pods because somebody cordoned it, whether or not a pod waits for it.
//!
//! ## Why it matters
//! People do it on purpose, and forget to undo it.
//!
//! ## When it stays silent
//! It speaks only when the filter Node is named. Where pods wait for the node, `node/unschedulable` tells it.
//!
//! ## What to do
//! Uncordon the node when its maintenance is over.

use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `node/cordoned`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node],
    severity: Severity::Info,
    since: "0.1.0",
    default: false,
    yields_to: &["node/unschedulable", "node/not-ready"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let leaving = |node: &view::Node| node.metadata.deletion_timestamp.is_some();
    for node in view.nodes.iter().filter(|node| node.spec.unschedulable && !leaving(node)) {
        let name = &node.metadata.name;
        let taint = node.spec.taints.iter().find(|taint| taint.key == "node.kubernetes.io/unschedulable");
        let since =
            taint.and_then(|taint| taint.time_added).map(|at| format!(" since {at}")).unwrap_or_default();
        let finding = out.on(node.reference(), format!("takes no new pods{since}: it is cordoned"));
        finding.brief("cordoned").field("spec.unschedulable").proof(Source::Spec, "spec.unschedulable: true");
        finding.fix(format!("uncordon node {name} when its maintenance is over"));
        finding.command(format!("kubectl uncordon {name}"));
    }
}
