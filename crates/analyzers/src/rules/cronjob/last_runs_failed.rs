//! # CronJob's last runs failed
//!
//! ## What it finds
//! A CronJob whose newest finished Job failed, with no success since; how many failed in a row, and when it
//! last succeeded.
//!
//! ## Why it matters
//! Its work (a backup, a clean-up, a report) has not been done since then, and the next run will probably
//! fail the same way.
//!
//! ## When it stays silent
//! When a later run succeeded, when no finished run is known, and for suspended CronJobs.
//!
//! ## What to do
//! The Job's own finding tells why. Correct it, then start a run by hand to see that it works.

use crate::jobs::{Outcome, begun, is_superseded, of_cron_job, outcome};
use crate::{Findings, Rule, Severity, Source, words};
use std::sync::Arc;
use view::{CronJob, Job, Kind, Object, View};

/// The rule `cronjob/last-runs-failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CronJob, Kind::Job],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for cron_job in view.cron_jobs.iter().filter(|cron_job| cron_job.spec.suspend != Some(true)) {
        let jobs = of_cron_job(view, cron_job);
        let mut finished = jobs.into_iter().filter(|job| outcome(job) != Outcome::Running).peekable();
        let newest_failed =
            finished.peek().is_some_and(|job| outcome(job) == Outcome::Failed && !is_superseded(view, job));
        if newest_failed {
            let failed: Vec<&Arc<Job>> = finished.take_while(|job| outcome(job) == Outcome::Failed).collect();
            report(view, cron_job, &failed, out);
        }
    }
}

fn report(view: &View, cron_job: &CronJob, failed: &[&Arc<Job>], out: &mut Findings) {
    let success = cron_job.status.last_successful_time;
    let since = match success {
        Some(at) => format!("it last succeeded {} ago", words::age(view.now.seconds_since(at))),
        None => "it has never succeeded".to_owned(),
    };
    let runs = if failed.len() == 1 { "last run".to_owned() } else { format!("last {} runs", failed.len()) };
    let finding = out.on(cron_job.reference(), format!("failed in its {runs}: {since}"));
    finding.brief(format!("{runs} failed")).field("status.lastSuccessfulTime");
    finding.because_all(failed.iter().map(|job| job.reference()));
    for job in failed.iter().take(3) {
        let said = view::condition(&job.status.conditions, "Failed");
        let reason = said.map_or("", |said| said.reason.as_str());
        let at = begun(job).map(|at| format!(" at {at}")).unwrap_or_default();
        finding.proof(Source::Status, format!("{} failed{at}: {reason}", job.reference()));
    }
    finding.proof(Source::Spec, format!("schedule: {}", cron_job.spec.schedule));
    let (namespace, name) = (&cron_job.metadata.namespace, &cron_job.metadata.name);
    finding.fix(format!(
        "correct what makes {} fail, then start a run of CronJob {namespace}/{name} by hand",
        failed[0].reference()
    ));
    finding.command(format!("kubectl -n {namespace} create job {name}-manual --from=cronjob/{name}"));
}
