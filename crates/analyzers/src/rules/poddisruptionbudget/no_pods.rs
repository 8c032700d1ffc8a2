//! # Budget covers no pod
//!
//! ## What it finds
//! A PodDisruptionBudget whose selector matches no pod and no pod template of its namespace, while there are pods
//! that it may have meant; also one without a selector, which matches nothing (an empty one, `{}`, matches all).
//!
//! ## Why it matters
//! What should be protected is not: a drain may take all replicas at once.
//!
//! ## When it stays silent
//! For workloads that are scaled to zero or run now and then, for budgets that an operator made, in the first
//! minutes, in namespaces without pods, for standby roles, and while pods or workloads could not be read.
//!
//! ## What to do
//! Correct the selector, or delete the budget if it is a leftover.

use crate::budgets::has_template;
use crate::labels::{instead, is_standby};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, LabelSelector, Map, Object, Pod, PodDisruptionBudget, Str, View};

/// The rule `poddisruptionbudget/no-pods`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::PodDisruptionBudget,
        Kind::Pod,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
    ],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which the rest of an installation may follow.
const INSTALLING: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for budget in view.pod_disruption_budgets.iter().filter(|budget| is_plain(view, budget)) {
        let namespace = &budget.metadata.namespace;
        let mut running = view.pods.in_namespace(namespace).iter().filter(|pod| pod.should_run()).peekable();
        if running.peek().is_none() || !view.proves_absence::<Pod>(namespace) {
            continue;
        }
        let Some(selector) = &budget.spec.selector else {
            without_selector(budget, out);
            continue;
        };
        let all = view.pods.in_namespace(namespace);
        let matched = all.iter().any(|pod| selector.matches(&pod.metadata.labels));
        if !matched && has_template(view, namespace, selector) == Some(false) {
            mismatch(view, budget, selector, out);
        }
    }
}

fn is_plain(view: &View, budget: &PodDisruptionBudget) -> bool {
    let meta = &budget.metadata;
    let young = meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < INSTALLING);
    !young && meta.deletion_timestamp.is_none() && meta.owner_references.is_empty()
}

fn without_selector(budget: &PodDisruptionBudget, out: &mut Findings) {
    let finding = out.on(budget.reference(), "covers no pod: it has no selector");
    finding.brief("covers no pod").field("spec.selector").proof(Source::Spec, "selector is not set");
    finding.fix(format!(
        "give {} a selector; an empty one ({{}}) covers all pods of the namespace",
        budget.reference()
    ));
}

fn mismatch(view: &View, budget: &PodDisruptionBudget, selector: &LabelSelector, out: &mut Findings) {
    let namespace = &budget.metadata.namespace;
    let labels = &selector.match_labels;
    let carried = |key: &Str, value: &Str| {
        let mut pods = view.pods.in_namespace(namespace).iter().filter(|pod| pod.should_run());
        pods.any(|pod| pod.metadata.labels.get(key) == Some(value))
    };
    let wrong: Vec<(&Str, &Str)> = labels.iter().filter(|(key, value)| !carried(key, value)).collect();
    if wrong.iter().any(|(key, value)| is_standby(key, value)) {
        return;
    }
    let rest: Map = labels
        .iter()
        .filter(|pair| !wrong.contains(pair))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let instead = instead(view, namespace, &wrong, &rest);
    let lacking = words::join_some(wrong.iter().map(|(key, value)| format!("{key}={value}")), 4);
    let here = match (instead.pairs.is_empty(), wrong.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("; no pod here carries {lacking}"),
        (false, _) => format!("; pods here carry {}", words::join_some(&instead.pairs, 3)),
    };
    let finding =
        out.on(budget.reference(), format!("covers no pod: selector {selector} matches none{here}"));
    finding
        .brief("covers no pod")
        .field("spec.selector")
        .proof(Source::Spec, format!("selector: {selector}"));
    if !instead.pairs.is_empty() {
        let all = words::join_some(&instead.pairs, 8);
        finding.proof(Source::Cluster, format!("labels of pods in {namespace}: {all}"));
    }
    let object = budget.reference();
    finding.fix(match instead.pairs.first().filter(|_| instead.near) {
        Some(pair) => format!("set {pair} in the selector of {object} in place of {lacking}"),
        None if !wrong.is_empty() => format!(
            "take {lacking} out of the selector of {object} or label the pods so, or delete it if it is a leftover"
        ),
        None => format!("correct the selector of {object}, or delete it if it is a leftover"),
    });
    finding.command(format!("kubectl -n {namespace} get pods --show-labels"));
}
