//! # CronJob's schedule cannot be read
//!
//! ## What it finds
//! A CronJob whose `schedule` is neither five cron fields nor a descriptor such as `@daily`, and which field
//! is wrong. Also a schedule that the controller itself reports as unreadable.
//!
//! ## Why it matters
//! It never starts a Job. The API server refuses most such schedules today; recordings and old clusters may
//! hold them.
//!
//! ## When it stays silent
//! For valid schedules, with or without `TZ=` or `CRON_TZ=`, and for suspended CronJobs.
//!
//! ## What to do
//! Write minute, hour, day of month, month, day of week: `30 3 * * 1-5` is half past three on weekdays.

use crate::containers::{EVENT_SECONDS, is_recent};
use crate::cron::fault;
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `cronjob/invalid-schedule`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CronJob, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["cronjob/never-due"],
    run,
};

/// Reasons with which the controller itself complains.
const REASONS: &[&str] = &["UnparseableSchedule", "UnknownTimeZone", "InvalidSchedule"];

fn run(view: &View, out: &mut Findings) {
    for cron_job in view.cron_jobs.iter().filter(|cron_job| cron_job.spec.suspend != Some(true)) {
        let schedule = &cron_job.spec.schedule;
        let events = view.events_of("CronJob", &cron_job.metadata);
        let said = events
            .filter(|event| is_recent(view, event, EVENT_SECONDS))
            .find(|event| REASONS.contains(&event.reason.as_str()));
        let zone = said.is_some_and(|event| event.reason == "UnknownTimeZone");
        let wrong = match (fault(schedule), said) {
            (Some(fault), _) => format!("its schedule {schedule:?} cannot be read: {fault}"),
            (None, Some(_)) if zone => format!("its time zone {:?} is not known", cron_job.spec.time_zone),
            (None, Some(event)) => event.message.to_string(),
            (None, None) => continue,
        };
        let finding = out.on(cron_job.reference(), format!("never starts a Job: {wrong}"));
        finding.brief("never starts a Job").field(if zone { "spec.timeZone" } else { "spec.schedule" });
        finding.proof(Source::Spec, format!("schedule: {schedule}"));
        if let Some(event) = said {
            finding.proof(Source::Event, &event.message);
        }
        finding.fix(match zone {
            true => "set spec.timeZone to a name of the time zone database, such as Europe/Berlin".to_owned(),
            false => format!("correct {schedule:?}: minute, hour, day of month, month, day of week, such as \"30 3 * * 1-5\""),
        });
        let (namespace, name) = (&cron_job.metadata.namespace, &cron_job.metadata.name);
        finding.command(format!("kubectl -n {namespace} edit cronjob {name}"));
    }
}
