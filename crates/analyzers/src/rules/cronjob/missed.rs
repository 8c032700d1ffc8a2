//! # CronJob misses its runs
//!
//! ## What it finds
//! A CronJob for which two runs or more were due since the last one that was started, or since it was created, and
//! nobody starts them. Several such CronJobs are one cause: what they share is the controller.
//!
//! ## Why it matters
//! Its work (a backup, a clean-up, a report) is not done, and nothing fails that would tell.
//!
//! ## When it stays silent
//! For suspended CronJobs, for those with a `startingDeadlineSeconds` (whoever resumes one loses what was due
//! before), while a run is active that its policy lets nobody overtake, in the first minutes after a run was due,
//! and where another rule tells why no Job can be created.
//!
//! ## What to do
//! Look whether kube-controller-manager runs and leads; start a run by hand for what cannot wait.

use crate::jobs::{Outcome, due_since, is_live, of_cron_job, outcome};
use crate::{Findings, Rule, Severity, Source, words};
use std::sync::Arc;
use view::{CronJob, Kind, Object, ObjectRef, Time, View};

/// The rule `cronjob/missed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CronJob, Kind::Job, Kind::Event],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["cronjob/create-failed", "cronjob/invalid-schedule", "cronjob/never-due", "cronjob/blocked"],
    run,
};

/// Seconds by which a controller may be late: it may be starting, or changing its leader.
const LATE: i64 = 300;
/// Seconds by which clocks are set in summer and winter.
const SUMMER: i64 = 3600;
/// Most missed runs that are counted.
const MOST: usize = 1000;

fn run(view: &View, out: &mut Findings) {
    let mut missing: Vec<(&Arc<CronJob>, Time, usize)> = Vec::new();
    for cron_job in view.cron_jobs.iter().filter(|cron_job| may_start(view, cron_job)) {
        let meta = &cron_job.metadata;
        let Some(since) = cron_job.status.last_schedule_time.or(meta.creation_timestamp) else { continue };
        let zone = if cron_job.spec.time_zone.is_empty() { 0 } else { SUMMER };
        let until = Time::from_unix(view.now.unix() - LATE - zone);
        let due = due_since(cron_job, since, until, MOST);
        if due >= 2 {
            missing.push((cron_job, since, due));
        }
    }
    let Some((first, _, _)) = missing.first() else { return };
    let first = first.reference();
    let others = missing.len() - 1;
    for (cron_job, since, due) in missing {
        report(view, cron_job, since, due, (&first, others), out);
    }
}

fn may_start(view: &View, cron_job: &CronJob) -> bool {
    let runs = || of_cron_job(view, cron_job).into_iter().any(|job| outcome(job) == Outcome::Running);
    let active = !cron_job.status.active.is_empty() || runs();
    let held = active && cron_job.spec.concurrency_policy == "Forbid";
    is_live(cron_job) && cron_job.spec.starting_deadline_seconds.is_none() && !held
}

fn report(
    view: &View,
    cron_job: &CronJob,
    since: Time,
    due: usize,
    (first, others): (&ObjectRef, usize),
    out: &mut Findings,
) {
    let age = words::age(view.now.seconds_since(since));
    let last = match cron_job.status.last_schedule_time {
        Some(_) => format!("has started no run for {age}"),
        None => format!("has never started a run since it was created {age} ago"),
    };
    let more = if due >= MOST { " or more" } else { "" };
    let object = cron_job.reference();
    let also = match object == *first && others > 0 {
        true => format!("; the same holds for {}", words::count(others, "other CronJob")),
        false => String::new(),
    };
    let schedule = &cron_job.spec.schedule;
    let says = format!("{last}, though its schedule {schedule:?} was due several times{also}");
    let finding = out.on(object.clone(), says);
    finding.brief("misses its runs").field("status.lastScheduleTime").because(first.clone());
    finding.proof(Source::Spec, format!("schedule: {schedule}, due {due}{more} times since"));
    if let Some(at) = cron_job.status.last_schedule_time {
        finding.proof(Source::Status, format!("lastScheduleTime: {at}"));
    }
    let telling = ["MissSchedule", "TooManyMissedTimes", "FailedGet"];
    let mut events = view.events_of("CronJob", &cron_job.metadata);
    if let Some(event) = events.find(|event| telling.contains(&event.reason.as_str())) {
        finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
    }
    let (namespace, name) = (&object.namespace, &object.name);
    finding.fix("look whether kube-controller-manager runs and leads: it starts the runs of CronJobs");
    finding.fix(format!("start a run of CronJob {namespace}/{name} by hand if it cannot wait"));
    finding.command("kubectl -n kube-system get pods -l component=kube-controller-manager");
    finding.command(format!("kubectl -n {namespace} create job {name}-manual --from=cronjob/{name}"));
}
