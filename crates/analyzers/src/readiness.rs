//! When a pod that is not ready has had its time: below that, it may simply be starting. Reads pods,
//! nodes and events.

use crate::containers::node_down;
use std::collections::BTreeMap;
use std::sync::Arc;
use view::{Object, ObjectRef, Pod, Time, View, condition};

/// Seconds that scheduling, pulling images and creating containers may take.
const STARTING: i64 = 300;
/// Seconds that it may take while an image is being pulled: some are tens of gigabytes.
const PULLING: i64 = 1800;
/// Seconds that a running pod may be unready beyond what its probes are given.
const SETTLING: i64 = 90;
/// Seconds after which a pod that shows a fault (a failed start, a restart) counts as stuck.
const FAULTY: i64 = 30;
/// Seconds in which a controller should have set a readiness gate.
pub(crate) const GATING: i64 = 300;
/// Seconds that a cluster autoscaler may take to bring a node.
const SCHEDULING: i64 = 180;

/// True when the pod should be ready by now and is not.
pub(crate) fn is_stuck(view: &View, pod: &Pod) -> bool {
    let waits_on_purpose = !pod.spec.scheduling_gates.is_empty();
    if !pod.should_run() || pod.is_ready() || waits_on_purpose {
        return false;
    }
    // A pod without any time comes from a source that has none: nothing says that it is young.
    not_ready_since(pod).is_none_or(|since| view.now.seconds_since(since) > patience(view, pod))
}

/// The stuck ones of these pods.
pub(crate) fn stuck<'a>(view: &View, pods: impl IntoIterator<Item = &'a Arc<Pod>>) -> Vec<&'a Arc<Pod>> {
    pods.into_iter().filter(|pod| is_stuck(view, pod)).collect()
}

/// References to these pods: what may explain that their owner or Service is not well.
pub(crate) fn references(pods: &[&Arc<Pod>]) -> Vec<ObjectRef> {
    pods.iter().map(|pod| pod.reference()).collect()
}

/// The states of pods in words, most frequent first: `2 pods CrashLoopBackOff, 1 pod Unschedulable`.
pub(crate) fn states(pods: &[&Arc<Pod>]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for pod in pods {
        *counts.entry(state(pod)).or_default() += 1;
    }
    let mut ordered: Vec<(String, usize)> = counts.into_iter().collect();
    ordered.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let words = ordered.into_iter().map(|(state, n)| format!("{} {state}", crate::words::count(n, "pod")));
    words.collect::<Vec<_>>().join(", ")
}

/// The state of a pod that is not ready, in the cluster's own word where it has one.
pub(crate) fn state(pod: &Pod) -> String {
    let statuses = pod.container_statuses().filter_map(|s| s.state.waiting.as_ref());
    let waiting: Vec<&str> = statuses.map(|w| w.reason.as_str()).filter(|r| !r.is_empty()).collect();
    let telling = waiting.iter().find(|reason| !is_starting(reason));
    if let Some(reason) = telling {
        return (*reason).to_owned();
    }
    match condition(&pod.status.conditions, "PodScheduled") {
        Some(scheduled) if scheduled.is_false() && !scheduled.reason.is_empty() => {
            scheduled.reason.to_string()
        }
        _ if waits_for_gate(pod) => "ReadinessGatesNotReady".to_owned(),
        _ => waiting.last().copied().unwrap_or("not ready").to_owned(),
    }
}

fn not_ready_since(pod: &Pod) -> Option<Time> {
    let ready = condition(&pod.status.conditions, "Ready").and_then(|c| c.last_transition_time);
    ready.max(pod.metadata.creation_timestamp)
}

fn is_starting(reason: &str) -> bool {
    matches!(reason, "" | "ContainerCreating" | "PodInitializing")
}

/// All containers are ready; some controller has yet to say that the pod may serve.
pub(crate) fn waits_for_gate(pod: &Pod) -> bool {
    condition(&pod.status.conditions, "Ready").is_some_and(|c| c.reason == "ReadinessGatesNotReady")
}

/// Seconds that the pod has, by what can be seen of it.
fn patience(view: &View, pod: &Pod) -> i64 {
    if node_down(view, pod).is_some() {
        return 0;
    }
    let waiting =
        |s: &view::ContainerStatus| s.state.waiting.as_ref().is_some_and(|w| !is_starting(&w.reason));
    let starting = pod.status.phase == "Pending" && !pod.spec.node_name.is_empty();
    let step = if starting { newest_step(view, pod) } else { Step::Other };
    if pod.container_statuses().any(|s| waiting(s) || (s.restart_count > 0 && !s.ready))
        || matches!(step, Step::Failing)
    {
        return FAULTY;
    }
    if condition(&pod.status.conditions, "PodScheduled").is_some_and(|c| c.is_false()) {
        return SCHEDULING;
    }
    if pod.status.phase != "Running" {
        return if matches!(step, Step::Pulling) { PULLING } else { STARTING };
    }
    if waits_for_gate(pod) {
        return GATING;
    }
    SETTLING + pod.spec.containers.iter().map(probing).max().unwrap_or(0)
}

/// The newest step of a pod's start that its events tell of.
enum Step {
    /// A volume or the network is not to be had.
    Failing,
    /// An image is being pulled: the kubelet gives up by itself when nothing more arrives.
    Pulling,
    Other,
}

fn newest_step(view: &View, pod: &Pod) -> Step {
    let mut steps = view.events_of("Pod", &pod.metadata).filter_map(|event| match event.reason.as_str() {
        "FailedMount" | "FailedAttachVolume" | "FailedCreatePodSandBox" => Some(Step::Failing),
        "Pulling" => Some(Step::Pulling),
        "SuccessfulAttachVolume" | "Pulled" | "Failed" | "BackOff" | "Created" | "Started" => {
            Some(Step::Other)
        }
        _ => None,
    });
    steps.next().unwrap_or(Step::Other)
}

/// Seconds that a container's probes give it before it must be ready.
fn probing(container: &view::Container) -> i64 {
    let startup = container.startup_probe.as_ref().map_or(0, |probe| {
        let tries = probe.failure_threshold.unwrap_or(3).saturating_mul(probe.period_seconds.unwrap_or(10));
        probe.initial_delay_seconds.unwrap_or(0).saturating_add(tries)
    });
    let readiness = container.readiness_probe.as_ref().and_then(|probe| probe.initial_delay_seconds);
    startup.saturating_add(readiness.unwrap_or(0)).clamp(0, 3600)
}
