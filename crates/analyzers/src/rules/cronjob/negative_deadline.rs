//! # CronJob has a negative starting deadline
//!
//! ## What it finds
//! A CronJob whose `startingDeadlineSeconds` is below zero.
//!
//! ## Why it matters
//! Every run is late before it starts, so that none is started. The API server refuses such a value today;
//! recordings and old clusters may hold it.
//!
//! ## When it stays silent
//! For zero, positive and unset values, and for suspended CronJobs.
//!
//! ## What to do
//! Remove the field, or give it the number of seconds by which a run may be late.

use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `cronjob/negative-deadline`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CronJob],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for cron_job in view.cron_jobs.iter().filter(|cron_job| cron_job.spec.suspend != Some(true)) {
        let Some(seconds) = cron_job.spec.starting_deadline_seconds.filter(|seconds| *seconds < 0) else {
            continue;
        };
        let says = format!("never starts a Job: startingDeadlineSeconds is {seconds}, below zero");
        let finding = out.on(cron_job.reference(), says);
        finding.brief("negative starting deadline").field("spec.startingDeadlineSeconds");
        finding.proof(Source::Spec, format!("startingDeadlineSeconds: {seconds}"));
        let (namespace, name) = (&cron_job.metadata.namespace, &cron_job.metadata.name);
        finding.fix(format!(
            "remove startingDeadlineSeconds from CronJob {namespace}/{name}, or make it positive"
        ));
        finding.command(format!("kubectl -n {namespace} edit cronjob {name}"));
    }
}
