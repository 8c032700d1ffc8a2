//! What rules ask about PodDisruptionBudgets.

use crate::endpoints::workloads;
use std::collections::BTreeSet;
use std::sync::Arc;
use view::{
    Amount, CronJob, DaemonSet, Deployment, Job, LabelSelector, Map, ObjectRef, Pod, PodDisruptionBudget,
    ReplicaSet, StatefulSet, View,
};

/// Pods that a budget covers and that should run. Without a selector there is none.
pub(crate) fn covered<'a>(view: &'a View, budget: &PodDisruptionBudget) -> Vec<&'a Arc<Pod>> {
    let Some(selector) = &budget.spec.selector else { return Vec::new() };
    let pods = view.pods.in_namespace(&budget.metadata.namespace).iter();
    pods.filter(|pod| pod.should_run() && selector.matches(&pod.metadata.labels)).collect()
}

/// What it demands, in the words of its spec: `maxUnavailable 0`, `minAvailable 100%`.
pub(crate) fn demand(budget: &PodDisruptionBudget) -> String {
    match (&budget.spec.max_unavailable, &budget.spec.min_available) {
        (Some(amount), _) => format!("maxUnavailable {amount}"),
        (None, Some(amount)) => format!("minAvailable {amount}"),
        (None, None) => "neither maxUnavailable nor minAvailable".to_owned(),
    }
}

/// True while its status tells of the present spec, and it is not being deleted.
pub(crate) fn is_current(budget: &PodDisruptionBudget) -> bool {
    budget.metadata.deletion_timestamp.is_none()
        && budget.status.observed_generation >= budget.metadata.generation
}

/// True when not one pod can be evicted though all are healthy, today or ever: what it demands leaves no room.
pub(crate) fn leaves_no_room(budget: &PodDisruptionBudget, pods: &[&Arc<Pod>]) -> bool {
    let zero = |amount: &Amount| matches!(amount.to_string().as_str(), "0" | "0%");
    let whole = |amount: &Amount| amount.to_string() == "100%";
    let (spec, status) = (&budget.spec, &budget.status);
    let healthy = status.current_healthy >= i64::try_from(pods.len()).unwrap_or(i64::MAX);
    let none_left = status.expected_pods > 0 && status.desired_healthy >= status.expected_pods && healthy;
    spec.max_unavailable.as_ref().is_some_and(zero)
        || spec.min_available.as_ref().is_some_and(whole)
        || (status.disruptions_allowed == 0 && none_left)
}

/// The topmost owners of pods.
pub(crate) fn owners(view: &View, pods: &[&Arc<Pod>]) -> BTreeSet<ObjectRef> {
    pods.iter().filter_map(|pod| view.owners_of(&pod.metadata).pop()).collect()
}

/// Workloads that should have pods which the budget covers, and how many all together.
pub(crate) fn expected(view: &View, budget: &PodDisruptionBudget) -> (Vec<ObjectRef>, i64) {
    let labels = budget.spec.selector.as_ref().map(|s| &s.match_labels).filter(|labels| !labels.is_empty());
    let Some(labels) = labels else { return (Vec::new(), 0) };
    let wanting = workloads(view, &budget.metadata.namespace, labels).into_iter().filter(|w| w.desired > 0);
    wanting.fold((Vec::new(), 0), |(mut objects, sum), workload| {
        objects.push(workload.object);
        (objects, sum + workload.desired)
    })
}

/// Whether a workload of the namespace makes pods that a selector matches, now or later; `None` when not all
/// workloads were read.
pub(crate) fn has_template(view: &View, namespace: &str, selector: &LabelSelector) -> Option<bool> {
    let known = view.proves_absence::<Deployment>(namespace)
        && view.proves_absence::<ReplicaSet>(namespace)
        && view.proves_absence::<StatefulSet>(namespace)
        && view.proves_absence::<DaemonSet>(namespace)
        && view.proves_absence::<Job>(namespace)
        && view.proves_absence::<CronJob>(namespace);
    let made = template_labels(view, namespace).into_iter().any(|labels| selector.matches(labels));
    (known || made).then_some(made)
}

fn template_labels<'a>(view: &'a View, namespace: &str) -> Vec<&'a Map> {
    let mut all: Vec<&Map> = Vec::new();
    all.extend(view.deployments.in_namespace(namespace).iter().map(|d| &d.spec.template.metadata.labels));
    all.extend(view.replica_sets.in_namespace(namespace).iter().map(|r| &r.spec.template.metadata.labels));
    all.extend(view.stateful_sets.in_namespace(namespace).iter().map(|s| &s.spec.template.metadata.labels));
    all.extend(view.daemon_sets.in_namespace(namespace).iter().map(|d| &d.spec.template.metadata.labels));
    all.extend(view.jobs.in_namespace(namespace).iter().map(|j| &j.spec.template.metadata.labels));
    let crons = view.cron_jobs.in_namespace(namespace).iter();
    all.extend(crons.map(|c| &c.spec.job_template.spec.template.metadata.labels));
    all
}
