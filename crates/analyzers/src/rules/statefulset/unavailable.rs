//! # StatefulSet has too few ready pods
//!
//! ## What it finds
//! A StatefulSet with fewer ready pods than replicas, whose missing ones had their time. Pods are made in
//! the order of their ordinals (unless `podManagementPolicy` is Parallel): the first bad one holds up all
//! that follow.
//!
//! ## Why it matters
//! A member of the database, queue or store is missing: data may be unreachable, quorum may be lost.
//!
//! ## When it stays silent
//! While pods are within the time their probes give them, while the controller has not seen the newest
//! change, for sets that are scaled to zero or being deleted, and where `statefulset/create-failed` tells
//! why pods are missing.
//!
//! ## What to do
//! Repair the first bad pod, or its claim; the following ones come by themselves.

use crate::{Findings, Rule, Severity, Source, readiness};
use std::sync::Arc;
use view::{Kind, Object, ObjectRef, Pod, StatefulSet, View};

/// The rule `statefulset/unavailable`.
pub static RULE: Rule = Rule {
    needs: &[Kind::StatefulSet, Kind::Pod, Kind::Node, Kind::PersistentVolumeClaim, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["statefulset/create-failed"],
    run,
};

/// Seconds that a new set may be without any pod.
const IDLE: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    for set in view.stateful_sets.iter().filter(|set| should_serve(set)) {
        let mut pods: Vec<&Arc<Pod>> = view.pods_of(&set.metadata.uid).collect();
        pods.sort_by_key(|pod| ordinal(pod));
        let stuck = readiness::stuck(view, pods.iter().copied());
        let old = set.metadata.creation_timestamp.is_none_or(|at| view.now.seconds_since(at) > IDLE);
        let none = pods.is_empty() && old && view.proves_absence::<Pod>(&set.metadata.namespace);
        if !stuck.is_empty() || none {
            report(set, &stuck, out);
        }
    }
}

fn should_serve(set: &StatefulSet) -> bool {
    let status = &set.status;
    set.metadata.deletion_timestamp.is_none()
        && status.observed_generation >= set.metadata.generation
        && status.ready_replicas < set.spec.replicas.unwrap_or(1)
}

fn ordinal(pod: &Pod) -> Option<i64> {
    pod.metadata.name.rsplit_once('-').and_then(|(_, number)| number.parse().ok())
}

fn report(set: &StatefulSet, stuck: &[&Arc<Pod>], out: &mut Findings) {
    let (ready, desired) = (set.status.ready_replicas, set.spec.replicas.unwrap_or(1));
    let why = match stuck.first() {
        Some(pod) => format!("Pod {} is {}", pod.metadata.name, words_for(&readiness::state(pod))),
        None => format!("Pod {} does not exist", first_missing(set)),
    };
    let finding = out.on(set.reference(), format!("has {ready} of {desired} pods ready: {why}"));
    finding
        .brief(format!("{ready}/{desired} ready"))
        .field("status.readyReplicas")
        .because_all(readiness::references(stuck));
    let existing = set.status.replicas;
    if existing < desired && set.spec.pod_management_policy != "Parallel" && !stuck.is_empty() {
        let waiting =
            format!("{existing} of {desired} pods exist; the next one is made when all before it are ready");
        finding.proof(Source::Status, waiting);
    }
    let namespace = &set.metadata.namespace;
    if stuck.is_empty() {
        let pod = first_missing(set);
        for template in &set.spec.volume_claim_templates {
            let claim = format!("{}-{pod}", template.metadata.name);
            finding.because(ObjectRef::new("PersistentVolumeClaim", namespace.clone(), claim));
        }
        finding.fix(format!(
            "read why Pod {namespace}/{pod} is not created in the events of StatefulSet {}",
            set.metadata.name
        ));
    }
    if let Some(pod) = stuck.first() {
        finding.fix(format!(
            "repair Pod {namespace}/{} first ({})",
            pod.metadata.name,
            readiness::state(pod)
        ));
    }
    finding.command(format!("kubectl -n {namespace} describe statefulset {}", set.metadata.name));
}

fn words_for(state: &str) -> String {
    if state == "not ready" { state.to_owned() } else { format!("not ready ({state})") }
}

/// The name of the first pod; ordinals need not start at 0.
fn first_missing(set: &StatefulSet) -> String {
    let start = set.spec.ordinals.as_ref().map_or(0, |ordinals| ordinals.start);
    format!("{}-{start}", set.metadata.name)
}
