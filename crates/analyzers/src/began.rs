//! When a fault began, as far as the object's status and events tell.

use crate::{Finding, Source, words};
use view::{Condition, Job, Kind, ObjectRef, Pod, Time, View, condition};

/// Fills in when findings began, where their rule did not say.
pub(crate) fn date(view: &View, findings: &mut [Finding]) {
    for finding in findings.iter_mut().filter(|finding| finding.since.is_none()) {
        finding.since = [quoted_event(view, finding), of_object(view, finding)].into_iter().flatten().min();
    }
}

/// The first time of an event that the finding quotes as proof: repeated events keep it.
fn quoted_event(view: &View, finding: &Finding) -> Option<Time> {
    let mut quoted = finding.evidence.iter().filter(|evidence| evidence.source == Source::Event).peekable();
    quoted.peek()?;
    let events = view.events_about(&finding.object);
    let told = events.filter(|event| {
        let message = words::bounded(&event.message);
        !message.is_empty() && quoted.clone().any(|evidence| evidence.text.contains(&message))
    });
    told.filter_map(|event| event.first_seen()).min()
}

/// What the object's own status says. Of most objects nothing tells since when they are wrong: the time of
/// their creation would make an old object's new fault an old one.
fn of_object(view: &View, finding: &Finding) -> Option<Time> {
    let ObjectRef { kind, namespace, name } = &finding.object;
    let meta = view.metadata_of(&finding.object)?;
    if finding.rule.ends_with("-terminating") {
        return meta.deletion_timestamp;
    }
    match Kind::parse(kind)? {
        Kind::Pod => of_pod(view, view.pods.get(namespace, name)?),
        Kind::Deployment => {
            let conditions = &view.deployments.get(namespace, name)?.status.conditions;
            earliest(conditions, &["Available", "Progressing"], &["ReplicaFailure"])
        }
        Kind::ReplicaSet => {
            earliest(&view.replica_sets.get(namespace, name)?.status.conditions, &[], &["ReplicaFailure"])
        }
        Kind::Job => of_job(view.jobs.get(namespace, name)?),
        Kind::Node => {
            let conditions = &view.nodes.get("", name)?.status.conditions;
            const PRESSURE: &[&str] =
                &["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"];
            earliest(conditions, &["Ready"], &[]).or_else(|| earliest(conditions, &[], PRESSURE))
        }
        Kind::PersistentVolumeClaim => {
            let claim = view.persistent_volume_claims.get(namespace, name)?;
            meta.creation_timestamp.filter(|_| claim.status.phase == "Pending")
        }
        _ => None,
    }
}

/// Since when one of these conditions is not True, or one of those is.
fn earliest(conditions: &[Condition], good: &[&str], bad: &[&str]) -> Option<Time> {
    let broken = conditions.iter().filter(|condition| {
        let named = |names: &[&str]| names.contains(&condition.kind.as_str());
        (named(good) && !condition.is_true()) || (named(bad) && condition.is_true())
    });
    broken.filter_map(|condition| condition.last_transition_time).min()
}

fn of_pod(view: &View, pod: &Pod) -> Option<Time> {
    let conditions = &pod.status.conditions;
    if let Some(unscheduled) = earliest(conditions, &["PodScheduled"], &[]) {
        return Some(unscheduled);
    }
    let pending = pod.metadata.creation_timestamp.filter(|_| pod.status.phase == "Pending");
    let unready = earliest(conditions, &["Ready"], &[]).or(pending);
    if !pod.container_statuses().any(|status| status.restart_count > 0) {
        return unready;
    }
    // A pod that restarts becomes ready and unready again each time; what is repeated is older.
    let backing_off = view.events_of("Pod", &pod.metadata).filter(|event| event.reason == "BackOff");
    let ended = pod.container_statuses().filter_map(|status| status.last_state.terminated.as_ref());
    let ended = ended.filter_map(|end| end.finished_at).min();
    backing_off.filter_map(|event| event.first_seen()).chain(unready).chain(ended).min()
}

fn of_job(job: &Job) -> Option<Time> {
    condition(&job.status.conditions, "Failed").filter(|c| c.is_true()).and_then(|c| c.last_transition_time)
}
