//! # Deployment has too few ready pods
//!
//! ## What it finds
//! A Deployment with fewer ready pods than replicas, whose missing ones had their time: pods that are
//! stuck, or pods that its ReplicaSet does not bring into being.
//!
//! ## Why it matters
//! What it serves is slower or gone, and the next disturbance takes what is left. A Deployment is rarely
//! at fault itself: the pods or the ReplicaSet named here are.
//!
//! ## When it stays silent
//! While a rollout moves on and its pods are within the time their probes give them, while the controller
//! has not seen the newest change, for Deployments that are paused, scaled to zero or being deleted, and
//! where `deployment/progress-deadline` tells the same story.
//!
//! ## What to do
//! Repair the pods that are named; the Deployment recovers by itself. If a rollout brought the fault,
//! `kubectl rollout undo` returns to the version before.

use crate::{Findings, Rule, Severity, Source, readiness, words};
use std::sync::Arc;
use view::{Deployment, Kind, Object, Pod, ReplicaSet, View, condition};

/// The rule `deployment/unavailable`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Deployment, Kind::ReplicaSet, Kind::Pod, Kind::Event, Kind::Node],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["deployment/progress-deadline"],
    run,
};

/// Seconds without progress after which missing pods will not come by themselves.
const IDLE: i64 = 60;
/// Seconds of unavailability that speak even where pods cannot be seen.
const LONG: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for deployment in view.deployments.iter().filter(|d| should_serve(d)) {
        let pods: Vec<&Arc<Pod>> = view.pods_of_deployment(deployment);
        let stuck = readiness::stuck(view, pods.iter().copied());
        let sets = view.replica_sets.owned_by(&deployment.metadata.uid);
        let lacking: Vec<&Arc<ReplicaSet>> =
            sets.filter(|set| set.status.replicas < set.spec.replicas.unwrap_or(1)).collect();
        let lacks = !lacking.is_empty() && idle_for(deployment, view) > IDLE;
        let unseen = pods.is_empty() && unavailable_for(deployment, view) > LONG;
        if !stuck.is_empty() || lacks || unseen {
            report(view, deployment, &stuck, if lacks { &lacking } else { &[] }, out);
        }
    }
}

fn should_serve(deployment: &Deployment) -> bool {
    let (spec, status, meta) = (&deployment.spec, &deployment.status, &deployment.metadata);
    let timed_out = condition(&status.conditions, "Progressing").is_some_and(|c| c.is_false());
    !spec.paused
        && !timed_out
        && meta.deletion_timestamp.is_none()
        && status.observed_generation >= meta.generation
        && status.ready_replicas < spec.replicas.unwrap_or(1)
}

/// Seconds since the rollout last moved.
fn idle_for(deployment: &Deployment, view: &View) -> i64 {
    let progressing = condition(&deployment.status.conditions, "Progressing");
    let moved = progressing.and_then(|c| c.last_update_time.or(c.last_transition_time));
    moved.or(deployment.metadata.creation_timestamp).map_or(i64::MAX, |at| view.now.seconds_since(at))
}

fn unavailable_for(deployment: &Deployment, view: &View) -> i64 {
    let available = condition(&deployment.status.conditions, "Available").filter(|c| c.is_false());
    available.and_then(|c| c.last_transition_time).map_or(0, |at| view.now.seconds_since(at))
}

fn report(
    view: &View,
    deployment: &Deployment,
    stuck: &[&Arc<Pod>],
    lacking: &[&Arc<ReplicaSet>],
    out: &mut Findings,
) {
    let (ready, desired) = (deployment.status.ready_replicas, deployment.spec.replicas.unwrap_or(1));
    let sets = words::join_some(lacking.iter().map(|set| set.metadata.name.as_str()), 2);
    let namespace = &deployment.metadata.namespace;
    let pods_known = view.proves_absence::<Pod>(namespace) && view.proves_absence::<ReplicaSet>(namespace);
    let available = condition(&deployment.status.conditions, "Available").filter(|c| c.is_false());
    let why = match (stuck.is_empty(), lacking.is_empty()) {
        (false, _) => readiness::states(stuck),
        (true, false) => {
            format!("ReplicaSet {sets} does not create {}", if ready > 0 { "the others" } else { "its pods" })
        }
        (true, true) if pods_known => "it has no pods".to_owned(),
        (true, true) => available.map_or("its pods could not be read".to_owned(), |c| c.reason.to_string()),
    };
    let finding = out.on(deployment.reference(), format!("has {ready} of {desired} replicas ready: {why}"));
    finding
        .brief(format!("{ready}/{desired} ready"))
        .field("status.readyReplicas")
        .because_all(readiness::references(stuck))
        .because_all(lacking.iter().map(|set| set.reference()));
    if let Some(available) = available {
        finding.proof(Source::Status, format!("{}: {}", available.reason, available.message));
    }
    let (namespace, name) = (&deployment.metadata.namespace, &deployment.metadata.name);
    finding.fix(match stuck.first() {
        Some(pod) => format!("repair Pod {namespace}/{} ({})", pod.metadata.name, readiness::state(pod)),
        None if lacking.is_empty() => {
            format!("look at the pods of Deployment {namespace}/{name} and at its ReplicaSets")
        }
        None => format!("read why no pod is created: kubectl -n {namespace} describe replicaset {sets}"),
    });
    finding.command(format!("kubectl -n {namespace} rollout status deployment {name} --timeout=10s"));
}
