//! # Several budgets for one pod
//!
//! ## What it finds
//! PodDisruptionBudgets that cover the same pods. The finding is on the newest of them.
//!
//! ## Why it matters
//! The API server refuses to evict a pod that two budgets cover, whatever they allow: its node cannot be drained.
//!
//! ## When it stays silent
//! For budgets whose pods differ, for pods that have ended, and while one of the budgets is being deleted.
//!
//! ## What to do
//! Keep one budget for each pod: narrow the selectors, or delete one.

use crate::budgets::{covered, owners};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use std::sync::Arc;
use view::{Kind, Object, ObjectRef, Pod, PodDisruptionBudget, View};

/// The rule `poddisruptionbudget/overlapping`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PodDisruptionBudget, Kind::Pod, Kind::ReplicaSet],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// A pod, and which budgets cover it.
type Covered<'a> = (&'a Arc<Pod>, Vec<usize>);

fn run(view: &View, out: &mut Findings) {
    let mut budgets: Vec<&Arc<PodDisruptionBudget>> =
        view.pod_disruption_budgets.iter().filter(|b| b.metadata.deletion_timestamp.is_none()).collect();
    budgets.sort_by_key(|budget| std::cmp::Reverse(budget.metadata.creation_timestamp));
    let mut of_pod: BTreeMap<ObjectRef, Covered<'_>> = BTreeMap::new();
    for (at, budget) in budgets.iter().enumerate() {
        for pod in covered(view, budget) {
            of_pod.entry(pod.reference()).or_insert_with(|| (pod, Vec::new())).1.push(at);
        }
    }
    let mut groups: BTreeMap<Vec<usize>, Vec<&Arc<Pod>>> = BTreeMap::new();
    for (pod, budgets) in of_pod.into_values().filter(|(_, budgets)| budgets.len() > 1) {
        groups.entry(budgets).or_default().push(pod);
    }
    for (set, pods) in groups {
        let Some((newest, others)) = set.split_first() else { continue };
        let names = words::join_some(others.iter().map(|&at| budgets[at].reference()), 3);
        let mut of = words::join_some(owners(view, &pods), 3);
        if of.is_empty() {
            of = words::join_some(pods.iter().map(|pod| pod.reference()), 3);
        }
        let verb = if others.len() == 1 { "does" } else { "do" };
        let says = format!("covers pods that {names} {verb} too, so that none can be evicted: those of {of}");
        let finding = out.on(budgets[*newest].reference(), says);
        finding.brief("covers the same pods as another").field("spec.selector");
        for &at in &set {
            let selector = budgets[at].spec.selector.as_ref().map(ToString::to_string).unwrap_or_default();
            let shown = if selector.is_empty() { "{} (all pods)".to_owned() } else { selector };
            finding.proof(Source::Spec, format!("{} selects {shown}", budgets[at].reference()));
        }
        let newest = budgets[*newest].reference();
        finding.fix(format!("keep one budget for these pods: delete or narrow {newest} or {names}"));
        finding.command(format!("kubectl -n {} get pdb", newest.namespace));
    }
}
