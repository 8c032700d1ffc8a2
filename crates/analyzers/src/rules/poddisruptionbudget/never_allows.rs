//! # Budget can never allow an eviction
//!
//! ## What it finds
//! A PodDisruptionBudget that leaves no room though all its pods are healthy: `maxUnavailable: 0`,
//! `minAvailable: 100%`, or a `minAvailable` that is as high as the number of pods.
//!
//! ## Why it matters
//! Nodes with its pods cannot be drained without deleting them by hand. For some (a single database, a job that
//! must not be interrupted) that is the purpose.
//!
//! ## When it stays silent
//! Unless the filter `PodDisruptionBudget` is named explicitly, because it may be on purpose; where it covers no
//! pod. A drain that it holds up is reported by `poddisruptionbudget/blocks-drain` in any case.
//!
//! ## What to do
//! Allow one pod to be away (`maxUnavailable: 1`), or run one replica more.

use crate::budgets::{covered, demand, is_current, leaves_no_room, owners};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `poddisruptionbudget/never-allows`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PodDisruptionBudget, Kind::Pod, Kind::ReplicaSet],
    severity: Severity::Info,
    since: "0.2.0",
    default: false,
    yields_to: &["poddisruptionbudget/*"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for budget in view.pod_disruption_budgets.iter().filter(|budget| is_current(budget)) {
        let pods = covered(view, budget);
        if pods.is_empty() || !leaves_no_room(budget, &pods) {
            continue;
        }
        let (demand, count) = (demand(budget), words::count(pods.len(), "pod"));
        let says = format!("can never allow an eviction: {demand} leaves no room with {count}");
        let finding = out.on(budget.reference(), says);
        finding.brief("never allows an eviction").field("spec").proof(Source::Spec, &demand);
        let status = &budget.status;
        finding.proof(
            Source::Status,
            format!("desiredHealthy {}, expectedPods {}", status.desired_healthy, status.expected_pods),
        );
        let (namespace, name) = (&budget.metadata.namespace, &budget.metadata.name);
        let owners = words::join_some(owners(view, &pods), 2);
        let more =
            if owners.is_empty() { String::new() } else { format!(", or run one replica more of {owners}") };
        finding.fix(format!(
            "set maxUnavailable: 1 in PodDisruptionBudget {namespace}/{name}{more}, unless it is on purpose"
        ));
        finding.command(format!("kubectl -n {namespace} describe pdb {name}"));
    }
}
