//! # Budget allows no eviction, because pods are unhealthy
//!
//! ## What it finds
//! A PodDisruptionBudget that allows no eviction because fewer pods are healthy than it demands, and those are
//! not coming: they crash, cannot start, or are not created.
//!
//! ## Why it matters
//! No node with one of its pods can be drained: upgrades and the cluster autoscaler wait. Unless
//! `unhealthyPodEvictionPolicy` is `AlwaysAllow`, not even the broken pods can be evicted.
//!
//! ## When it stays silent
//! While pods are within the time their probes give them, during rollouts, for workloads that are scaled to zero,
//! and while the controller has not seen the newest change.
//!
//! ## What to do
//! Repair the pods: the budget follows.

use crate::autoscale::lasted;
use crate::budgets::{covered, demand, expected, is_current, owners};
use crate::{Findings, Rule, Severity, Source, readiness, words};
use std::sync::Arc;
use view::{Kind, Object, ObjectRef, Pod, PodDisruptionBudget, View};

/// The rule `poddisruptionbudget/blocked`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::PodDisruptionBudget,
        Kind::Pod,
        Kind::Node,
        Kind::Event,
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
    yields_to: &["poddisruptionbudget/cannot-compute"],
    run,
};

/// Seconds in which pods that are missing should have been made.
const CREATING: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for budget in view.pod_disruption_budgets.iter().filter(|budget| is_current(budget)) {
        let status = &budget.status;
        let short = status.current_healthy < status.desired_healthy && status.expected_pods > 0;
        if status.disruptions_allowed > 0 || !short {
            continue;
        }
        let pods = covered(view, budget);
        let stuck = readiness::stuck(view, pods.iter().copied());
        let ready = pods.iter().filter(|pod| pod.is_ready()).count();
        let caught_up = i64::try_from(ready).is_ok_and(|ready| ready >= status.desired_healthy);
        if !stuck.is_empty() && !caught_up {
            let mut because = readiness::references(&stuck);
            because.extend(owners(view, &stuck));
            report(budget, &readiness::states(&stuck), &because, &stuck, out);
        } else if let Some((why, because)) = missing(view, budget, &pods) {
            report(budget, &why, &because, &[], out);
        }
    }
}

/// Pods that should be there and are not made, long after they should be.
fn missing(
    view: &View,
    budget: &PodDisruptionBudget,
    pods: &[&Arc<Pod>],
) -> Option<(String, Vec<ObjectRef>)> {
    let allowed = view::condition(&budget.status.conditions, "DisruptionAllowed");
    let long = allowed.is_some_and(|c| c.is_false() && lasted(view, c) > CREATING);
    let (workloads, wanted) = expected(view, budget);
    let have = i64::try_from(pods.len()).unwrap_or(i64::MAX);
    let lacks = have < budget.status.desired_healthy && budget.status.desired_healthy <= wanted;
    let starting = pods.iter().any(|pod| !pod.is_ready());
    let known = view.proves_absence::<Pod>(&budget.metadata.namespace);
    (long && lacks && known && !starting)
        .then(|| (format!("{have} of {wanted} pods of {} exist", words::join_some(&workloads, 2)), workloads))
}

fn report(
    budget: &PodDisruptionBudget,
    why: &str,
    because: &[ObjectRef],
    stuck: &[&Arc<Pod>],
    out: &mut Findings,
) {
    let status = &budget.status;
    let (healthy, wanted) = (status.current_healthy, status.desired_healthy);
    let pods = words::count(usize::try_from(wanted).unwrap_or(0), "healthy pod");
    let says = format!("allows no eviction: it demands {pods} and has {healthy} ({why})");
    let finding = out.on(budget.reference(), says);
    finding
        .brief(format!("allows no eviction, {healthy}/{wanted} healthy"))
        .field("status.disruptionsAllowed")
        .proof(
            Source::Status,
            format!(
                "disruptionsAllowed 0, currentHealthy {healthy}, desiredHealthy {wanted}, expectedPods {}",
                status.expected_pods
            ),
        )
        .proof(Source::Spec, demand(budget))
        .because_all(because.iter().cloned());
    let (namespace, name) = (&budget.metadata.namespace, &budget.metadata.name);
    finding.fix(match (stuck.first(), because.first()) {
        (Some(pod), _) => format!("repair {} ({})", pod.reference(), readiness::state(pod)),
        (None, Some(owner)) => format!("read why {owner} does not create its pods"),
        (None, None) => format!("read why pods of PodDisruptionBudget {namespace}/{name} are missing"),
    });
    if !stuck.is_empty() && budget.spec.unhealthy_pod_eviction_policy != "AlwaysAllow" {
        finding.fix(format!(
            "set unhealthyPodEvictionPolicy: AlwaysAllow in PodDisruptionBudget {namespace}/{name}, so that broken pods do not hold up a drain"
        ));
    }
    finding.command(format!("kubectl -n {namespace} describe pdb {name}"));
}
