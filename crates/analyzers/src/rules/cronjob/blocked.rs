//! # CronJob waits for a run that does not end
//!
//! ## What it finds
//! A CronJob with `concurrencyPolicy: Forbid` that skips its runs because an earlier one does not end: its pods
//! cannot start or crash, it has no pods, or it has run for far longer than any of the runs before.
//!
//! ## Why it matters
//! Runs are skipped without an error until that one ends, which may be never.
//!
//! ## When it stays silent
//! For runs that are merely longer than their schedule's interval (some run all the time on purpose), for
//! suspended CronJobs and Jobs, for other policies, and where there is no earlier run to compare with.
//!
//! ## What to do
//! Repair or delete the run that does not end, and give the Job an `activeDeadlineSeconds`.

use crate::jobs::{Outcome, begun, due_since, is_live, of_cron_job, outcome};
use crate::{Findings, Rule, Severity, Source, readiness, words};
use std::sync::Arc;
use view::{CronJob, Job, Kind, Object, ObjectRef, Pod, Time, View};

/// The rule `cronjob/blocked`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CronJob, Kind::Job, Kind::Pod, Kind::Node, Kind::Event],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds below which no run is too long.
const SHORT: i64 = 3600;
/// How many times as long as the longest run before.
const TIMES: i64 = 10;
/// Seconds in which a Job makes its pods.
const CREATING: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    let forbids = |cron_job: &CronJob| cron_job.spec.concurrency_policy == "Forbid" && is_live(cron_job);
    for cron_job in view.cron_jobs.iter().filter(|cron_job| forbids(cron_job)) {
        let jobs = of_cron_job(view, cron_job);
        let running = |job: &&&Arc<Job>| outcome(job) == Outcome::Running && job.spec.suspend != Some(true);
        let Some(job) = jobs.iter().rfind(running) else { continue };
        let Some(since) = begun(job) else { continue };
        let last = cron_job.status.last_schedule_time.unwrap_or(since).max(since);
        let skipped = due_since(cron_job, last, Time::from_unix(view.now.unix() - 60), 1000);
        let seconds = view.now.seconds_since(since);
        if let Some((why, because)) = why(view, job, &jobs, seconds).filter(|_| skipped >= 2) {
            report(cron_job, job, (skipped, seconds), &why, because, out);
        }
    }
}

/// Why the run does not end, and whose fault may explain it.
fn why(view: &View, job: &Job, jobs: &[&Arc<Job>], seconds: i64) -> Option<(String, Vec<ObjectRef>)> {
    let pods: Vec<&Arc<Pod>> = view.pods_of(&job.metadata.uid).collect();
    let stuck = readiness::stuck(view, pods.iter().copied());
    let mut because = readiness::references(&stuck);
    because.push(job.reference());
    if !stuck.is_empty() {
        return Some((readiness::states(&stuck), because));
    }
    if pods.is_empty() && seconds > CREATING && view.proves_absence::<Pod>(&job.metadata.namespace) {
        return Some(("it has no pod".to_owned(), because));
    }
    let took = |job: &&&Arc<Job>| Some(job.status.completion_time?.seconds_since(job.status.start_time?));
    let longest =
        jobs.iter().filter(|job| outcome(job) == Outcome::Complete).filter_map(|job| took(&job)).max()?;
    let hangs = seconds > SHORT && seconds > longest.saturating_mul(TIMES);
    hangs.then(|| (format!("the runs before took {} at most", words::age(longest)), because))
}

fn report(
    cron_job: &CronJob,
    job: &Job,
    (skipped, seconds): (usize, i64),
    why: &str,
    because: Vec<ObjectRef>,
    out: &mut Findings,
) {
    let (age, run) = (words::age(seconds), job.reference());
    let finding =
        out.on(cron_job.reference(), format!("skips its runs: {run} has not ended for {age} ({why})"));
    finding
        .brief("waits for a run that does not end")
        .field("spec.concurrencyPolicy")
        .proof(
            Source::Spec,
            format!(
                "concurrencyPolicy: Forbid, schedule: {}, due {skipped} times since",
                cron_job.spec.schedule
            ),
        )
        .proof(Source::Status, format!("{run} is active since {age}"))
        .because_all(because);
    let (namespace, name) = (&job.metadata.namespace, &job.metadata.name);
    finding.fix(format!("repair what {run} waits for, or delete it: the next run starts then"));
    finding.fix(format!("set activeDeadlineSeconds in the jobTemplate of {}", cron_job.reference()));
    finding.command(format!("kubectl -n {namespace} describe job {name}"));
}
