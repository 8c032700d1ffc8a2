//! What rules ask about Jobs.

use crate::cron::Schedule;
use std::sync::Arc;
use view::{CronJob, Job, Kind, Pod, Time, View};

/// How a Job stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Running,
    Complete,
    Failed,
}

/// From its conditions; counts alone say nothing, because a Job tries again.
pub(crate) fn outcome(job: &Job) -> Outcome {
    let holds = |kind| view::condition(&job.status.conditions, kind).is_some_and(view::Condition::is_true);
    if holds("Complete") || holds("SuccessCriteriaMet") {
        Outcome::Complete
    } else if holds("Failed") {
        Outcome::Failed
    } else {
        Outcome::Running
    }
}

/// When it was started, or created.
pub(crate) fn begun(job: &Job) -> Option<Time> {
    job.status.start_time.or(job.metadata.creation_timestamp)
}

/// The Jobs of a CronJob, newest first.
pub(crate) fn of_cron_job<'v>(view: &'v View, cron_job: &CronJob) -> Vec<&'v Arc<Job>> {
    let mut jobs: Vec<&Arc<Job>> = view.jobs.owned_by(&cron_job.metadata.uid).collect();
    jobs.sort_by(|a, b| begun(b).cmp(&begun(a)).then_with(|| b.metadata.name.cmp(&a.metadata.name)));
    jobs
}

/// True when a later run of the same CronJob succeeded: this failure is history.
pub(crate) fn is_superseded(view: &View, job: &Job) -> bool {
    let owner = view.owner_of(&job.metadata).filter(|owner| owner.kind == Kind::CronJob.name());
    let Some(cron_job) = owner.and_then(|owner| view.cron_jobs.get(&owner.namespace, &owner.name)) else {
        return false;
    };
    let later = |success: Time| begun(job).is_some_and(|begun| success > begun);
    cron_job.status.last_successful_time.is_some_and(later)
        || of_cron_job(view, cron_job)
            .into_iter()
            .any(|other| outcome(other) == Outcome::Complete && begun(other) > begun(job))
}

/// The newest pod of a Job that failed.
pub(crate) fn newest_failed_pod<'v>(view: &'v View, job: &'v Job) -> Option<&'v Arc<Pod>> {
    let failed = view.pods_of(&job.metadata.uid).filter(|pod| pod.status.phase == "Failed");
    failed.max_by_key(|pod| (pod.metadata.creation_timestamp.or(pod.status.start_time), &pod.metadata.name))
}

/// Quarters of an hour by which local times differ from UTC, at most.
const ZONES: std::ops::RangeInclusive<i64> = -48..=56;

/// Runs of a CronJob that were due after a moment and not after another, at most `most`. Its controller need not
/// follow UTC: of all zones in which `since` may have been a run the one counts in which fewest were due.
pub(crate) fn due_since(cron_job: &CronJob, since: Time, until: Time, most: usize) -> usize {
    let Some(schedule) = Schedule::parse(&cron_job.spec.schedule) else { return 0 };
    let count = |offset: i64| schedule.due(since.unix() + offset, until.unix() + offset, most);
    let utc = matches!(cron_job.spec.time_zone.as_str(), "" | "UTC" | "Etc/UTC");
    if utc && !cron_job.spec.schedule.contains("TZ=") && schedule.is_due_at(since.unix()) {
        return count(0);
    }
    let offsets = || ZONES.map(|quarters| quarters * 900);
    let fitting: Vec<i64> = offsets().filter(|offset| schedule.is_due_at(since.unix() + offset)).collect();
    let all = if fitting.is_empty() { offsets().collect() } else { fitting };
    all.into_iter().map(count).min().unwrap_or(0)
}

/// True for CronJobs that should start runs.
pub(crate) fn is_live(cron_job: &CronJob) -> bool {
    cron_job.spec.suspend != Some(true) && cron_job.metadata.deletion_timestamp.is_none()
}
