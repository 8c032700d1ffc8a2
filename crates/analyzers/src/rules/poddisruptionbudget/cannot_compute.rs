//! # Budget cannot be computed
//!
//! ## What it finds
//! A PodDisruptionBudget whose controller cannot say how many pods there should be (`SyncFailed`): a pod's
//! controller is gone or cannot be scaled. Also one that counts by `maxUnavailable` or a percentage and covers
//! nothing but pods without a controller, for which no number is to be had.
//!
//! ## Why it matters
//! It allows no eviction at all, and stays so.
//!
//! ## When it stays silent
//! For a minute after the failure, while the budget is being deleted, and for pods without a controller under a
//! `minAvailable` that is a number.
//!
//! ## What to do
//! Give the pods a controller that has a scale, or use `minAvailable` with a number.

use crate::autoscale::lasted;
use crate::budgets::{covered, demand};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Amount, Kind, Object, View};

/// The rule `poddisruptionbudget/cannot-compute`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PodDisruptionBudget, Kind::Pod],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which the controller tries again with success.
const BLIP: i64 = 60;

fn run(view: &View, out: &mut Findings) {
    for budget in view.pod_disruption_budgets.iter().filter(|b| b.metadata.deletion_timestamp.is_none()) {
        let said = view::condition(&budget.status.conditions, "DisruptionAllowed");
        let failed = said.filter(|c| c.is_false() && c.reason == "SyncFailed" && lasted(view, c) > BLIP);
        let object = budget.reference();
        let (says, proof) = match failed {
            Some(failed) => (
                format!("allows no eviction: {}", failed.message),
                format!("{}: {}", failed.reason, failed.message),
            ),
            None => {
                let counted = !matches!(budget.spec.min_available, Some(Amount::Number(_)));
                let pods = covered(view, budget);
                let bare = pods.iter().all(|pod| {
                    !pod.metadata.owner_references.iter().any(|owner| owner.controller == Some(true))
                });
                let blocked = budget.status.disruptions_allowed == 0 && said.is_some_and(|c| c.is_false());
                if pods.is_empty() || !(counted && bare && blocked) {
                    continue;
                }
                let names = words::join_some(pods.iter().map(|pod| pod.reference()), 3);
                let says = format!(
                    "allows no eviction: {} cannot be counted, because no controller owns {names}",
                    demand(budget)
                );
                (says, format!("expectedPods {}", budget.status.expected_pods))
            }
        };
        let finding = out.on(object.clone(), says);
        finding
            .brief("cannot be computed")
            .field("status.conditions")
            .proof(Source::Status, proof)
            .proof(Source::Spec, demand(budget))
            .fix(format!(
                "set minAvailable to a number in {object}, or give its pods a controller with a scale"
            ));
        finding.command(format!("kubectl -n {} describe pdb {}", object.namespace, object.name));
    }
}
