//! # Job failed
//!
//! ## What it finds
//! A Job that gave up: too many of its pods failed (`BackoffLimitExceeded`), it ran out of time
//! (`DeadlineExceeded`), or its policy ended it (`PodFailurePolicy`, `FailedIndexes`). The newest failed pod
//! tells with what exit code, its log why.
//!
//! ## Why it matters
//! Its work is not done, and it will not try again.
//!
//! ## When it stays silent
//! While the Job is still trying within its backoff limit, when it completed after some failures, when it
//! is suspended, and when a later run of the same CronJob succeeded.
//!
//! ## What to do
//! Read the log of the failed pod, correct the cause, delete the Job and create it again.

use crate::containers::seen;
use crate::crashes::never_started;
use crate::jobs::{Outcome, begun, is_superseded, newest_failed_pod, outcome};
use crate::messages::runtime_cause;
use crate::{Finding, Findings, Rule, Severity, Source, words};
use std::sync::Arc;
use view::{Condition, Job, Kind, Object, Pod, View};

/// The rule `job/failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Job, Kind::Pod, Kind::CronJob],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// How a container ended that never ran: there is no log.
const NEVER_STARTED: &str = "could not be started";

fn run(view: &View, out: &mut Findings) {
    let mut failed: Vec<&Arc<Job>> = view.jobs.iter().filter(|job| outcome(job) == Outcome::Failed).collect();
    // The first of several runs lends them all its log: let it be the newest, whose pod is there longest.
    failed.sort_by_key(|job| std::cmp::Reverse(begun(job)));
    for job in failed {
        let failed = view::condition(&job.status.conditions, "Failed");
        if let Some(failed) =
            failed.filter(|_| job.metadata.deletion_timestamp.is_none() && !is_superseded(view, job))
        {
            report(view, job, failed, out);
        }
    }
}

fn report(view: &View, job: &Job, failed: &Condition, out: &mut Findings) {
    let pod = newest_failed_pod(view, job);
    let cause = pod.and_then(|pod| ending(pod));
    let limit = match failed.reason.as_str() {
        "BackoffLimitExceeded" => {
            format!("gave up after {}", words::count(job.status.failed.max(0) as usize, "failed pod"))
        }
        "DeadlineExceeded" => match job.spec.active_deadline_seconds {
            Some(seconds) => format!("did not finish within activeDeadlineSeconds: {seconds}"),
            None => "did not finish in time".to_owned(),
        },
        "PodFailurePolicy" => "was ended at once by its podFailurePolicy".to_owned(),
        "FailedIndexes" | "MaxFailedIndexesExceeded" => match job.status.failed_indexes.as_str() {
            "" => "gave up on some of its indexes".to_owned(),
            indexes => format!("gave up on its indexes {indexes}"),
        },
        reason => format!("failed ({reason})"),
    };
    let says = match &cause {
        Some((_, cause)) => format!("{limit}: {cause}"),
        None if failed.reason == "BackoffLimitExceeded" => limit.clone(),
        None => format!("{limit}: {}", failed.message),
    };
    let finding = out.on(job.reference(), says);
    let key = cause.as_ref().map_or("", |(_, cause)| cause.as_str());
    finding.brief("failed").same(format!("{}: {key}", failed.reason)).field("status.conditions");
    finding.proof(Source::Status, format!("Failed=True: {}: {}", failed.reason, failed.message));
    if let Some(limit) = job.spec.backoff_limit.filter(|_| failed.reason == "BackoffLimitExceeded") {
        finding.proof(Source::Spec, format!("backoffLimit: {limit}"));
    }
    finding.because_all(view.pods_of(&job.metadata.uid).map(|pod| pod.reference()));
    remedy(finding, job, failed, pod.map(|pod| &**pod), cause);
}

/// The container that ended a pod with an error, and how: `container import ended with exit code 2`.
fn ending(pod: &Pod) -> Option<(&str, String)> {
    let mut ends = seen(pod).filter_map(|c| c.status.state.terminated.as_ref().map(|end| (c, end)));
    let (container, end) = ends.find(|(_, end)| end.exit_code != 0)?;
    if never_started(end) && !end.message.is_empty() {
        let said = format!("{} {NEVER_STARTED}: {}", container.title(), runtime_cause(&end.message));
        return Some((container.status.name.as_str(), said));
    }
    let exit = match container.limit("memory").filter(|_| end.reason == "OOMKilled") {
        Some(limit) => format!("OOMKilled: it needs more memory than its limit of {limit}"),
        None => words::exit_code(end.exit_code, &end.reason),
    };
    Some((container.status.name.as_str(), format!("{} ended with {exit}", container.title())))
}

fn remedy(
    finding: &mut Finding,
    job: &Job,
    failed: &Condition,
    pod: Option<&Pod>,
    cause: Option<(&str, String)>,
) {
    let (namespace, name) = (&job.metadata.namespace, &job.metadata.name);
    match (pod, cause) {
        (Some(pod), Some((container, cause))) => {
            finding.proof(Source::Status, format!("{}: {cause}", pod.reference()));
            if cause.contains("OOMKilled") {
                finding.fix(format!(
                    "raise resources.limits.memory of container {container}, or make it need less, then create Job {namespace}/{name} again"
                ));
                return;
            }
            if cause.contains(NEVER_STARTED) {
                finding.fix(format!(
                    "correct the command of container {container}, or use an image that has it, then create Job {namespace}/{name} again"
                ));
                return;
            }
            finding.log(&pod.metadata, container, false);
            finding.fix(format!(
                "read the log of container {container} of {}, correct what ends it, then create Job {namespace}/{name} again",
                pod.reference()
            ));
            finding.command(format!("kubectl -n {namespace} logs {} -c {container}", pod.metadata.name));
        }
        _ if failed.reason == "DeadlineExceeded" => {
            finding.fix(format!(
                "raise activeDeadlineSeconds of Job {namespace}/{name}, or find out what held it up"
            ));
        }
        _ => {
            finding.fix(format!(
                "find out why its pods failed (they are gone), then create Job {namespace}/{name} again"
            ));
        }
    }
    finding.command(format!("kubectl -n {namespace} describe job {name}"));
}
