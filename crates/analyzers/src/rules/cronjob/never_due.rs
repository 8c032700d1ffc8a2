//! # CronJob is never due
//!
//! ## What it finds
//! A CronJob whose schedule is valid and names a day that no year has, such as the 30th of February.
//!
//! ## Why it matters
//! It never starts a Job, and the API server takes it without a word.
//!
//! ## When it stays silent
//! For every schedule that comes round, the 29th of February too, and for suspended CronJobs.
//!
//! ## What to do
//! Correct day of month or month.

use crate::cron::Schedule;
use crate::jobs::is_live;
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `cronjob/never-due`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CronJob],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for cron_job in view.cron_jobs.iter().filter(|cron_job| is_live(cron_job)) {
        let schedule = &cron_job.spec.schedule;
        if !Schedule::parse(schedule).is_some_and(|schedule| schedule.is_never()) {
            continue;
        }
        let mut fields = schedule.split_whitespace().rev();
        let (month, day) = (fields.nth(1).unwrap_or_default(), fields.next().unwrap_or_default());
        let says = format!(
            "never starts a Job: its schedule {schedule:?} asks for day {day} of month {month}, which no year has"
        );
        let finding = out.on(cron_job.reference(), says);
        finding.brief("is never due").field("spec.schedule");
        finding.proof(Source::Spec, format!("schedule: {schedule}"));
        let (namespace, name) = (&cron_job.metadata.namespace, &cron_job.metadata.name);
        finding.fix(format!(
            "correct day of month ({day}) or month ({month}) in the schedule of CronJob {namespace}/{name}"
        ));
        finding.command(format!("kubectl -n {namespace} edit cronjob {name}"));
    }
}
