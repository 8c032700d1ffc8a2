//! # Rollout does not get on
//!
//! ## What it finds
//! A Deployment whose condition Progressing is False: its newest version did not become ready within
//! `progressDeadlineSeconds`, or its ReplicaSet could not be created. It speaks also when the old version
//! still serves with all replicas.
//!
//! ## Why it matters
//! The new version is not in service and will not be until something changes. Kubernetes does not roll
//! back by itself.
//!
//! ## When it stays silent
//! While the controller has not seen the newest change, and for Deployments that are paused, scaled to
//! zero or being deleted.
//!
//! ## What to do
//! Repair what keeps the new pods from becoming ready, or return with `kubectl rollout undo`.

use crate::{Findings, Rule, Severity, Source, readiness};
use std::sync::Arc;
use view::{Condition, Deployment, Kind, Object, Pod, ReplicaSet, View, condition};

/// The rule `deployment/progress-deadline`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Deployment, Kind::ReplicaSet, Kind::Pod, Kind::Node],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["deployment/create-failed"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for deployment in view.deployments.iter() {
        let (spec, meta) = (&deployment.spec, &deployment.metadata);
        let seen = deployment.status.observed_generation >= meta.generation;
        let wanted = !spec.paused && spec.replicas != Some(0) && meta.deletion_timestamp.is_none();
        let progressing = condition(&deployment.status.conditions, "Progressing");
        if let Some(progressing) = progressing.filter(|c| c.is_false() && seen && wanted) {
            report(view, deployment, progressing, out);
        }
    }
}

fn report(view: &View, deployment: &Deployment, progressing: &Condition, out: &mut Findings) {
    let (ready, desired) = (deployment.status.ready_replicas, deployment.spec.replicas.unwrap_or(1));
    let newest = newest(view, deployment);
    let new_pods = newest.iter().flat_map(|set| view.pods_of(&set.metadata.uid));
    let unready: Vec<&Arc<Pod>> = new_pods.filter(|pod| pod.should_run() && !pod.is_ready()).collect();
    let missing = newest.filter(|set| set.status.replicas < set.spec.replicas.unwrap_or(1));
    let states = match (unready.is_empty(), missing) {
        (false, _) => readiness::states(&unready),
        (true, Some(set)) => format!("ReplicaSet {} does not create its pods", set.metadata.name),
        (true, None) => progressing.message.to_string(),
    };
    let version = newest.map_or(String::new(), |set| format!(" to {}", set.metadata.name));
    let says = match progressing.reason.as_str() {
        "ProgressDeadlineExceeded" => {
            let deadline = deployment.spec.progress_deadline_seconds.unwrap_or(600);
            format!(
                "did not finish its rollout{version} within {deadline}s, {ready} of {desired} replicas are ready: {states}"
            )
        }
        reason => format!("cannot go on with its rollout ({reason}): {}", progressing.message),
    };
    let finding = out.on(deployment.reference(), says);
    finding
        .brief(format!("rollout stuck, {ready}/{desired} ready"))
        .field("status.conditions")
        .proof(Source::Status, format!("{}: {}", progressing.reason, progressing.message))
        .because_all(readiness::references(&unready))
        .because_all(missing.map(|set| set.reference()));
    let (namespace, name) = (&deployment.metadata.namespace, &deployment.metadata.name);
    finding.fix(match unready.first() {
        Some(pod) => format!("repair what keeps Pod {namespace}/{} from becoming ready", pod.metadata.name),
        None => format!("repair what the condition names in Deployment {namespace}/{name}"),
    });
    if view.replica_sets.owned_by(&deployment.metadata.uid).nth(1).is_some() {
        let undo = format!("kubectl -n {namespace} rollout undo deployment {name}");
        finding.fix(format!("or return to the version before: {undo}"));
    }
    finding.command(format!("kubectl -n {namespace} rollout status deployment {name} --timeout=10s"));
}

/// The ReplicaSet of the newest revision.
fn newest<'a>(view: &'a View, deployment: &Deployment) -> Option<&'a Arc<ReplicaSet>> {
    let revision = |set: &ReplicaSet| {
        let text = set.metadata.annotations.get("deployment.kubernetes.io/revision");
        (text.and_then(|t| t.parse::<u64>().ok()), set.metadata.creation_timestamp)
    };
    view.replica_sets.owned_by(&deployment.metadata.uid).max_by_key(|set| revision(set))
}
