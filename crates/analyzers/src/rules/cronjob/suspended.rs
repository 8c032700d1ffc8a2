//! # CronJob is suspended
//!
//! ## What it finds
//! A CronJob with `spec.suspend: true`, and when it ran last.
//!
//! ## Why it matters
//! Nothing is broken: somebody holds it back on purpose, or forgot to resume it. It starts no Jobs.
//!
//! ## When it stays silent
//! Unless the filter `CronJob` is named explicitly: suspending is something people do on purpose.
//!
//! ## What to do
//! Resume it with `suspend: false`, or delete it if it is no longer needed.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `cronjob/suspended`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CronJob],
    severity: Severity::Info,
    since: "0.1.0",
    default: false,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for cron_job in view.cron_jobs.iter().filter(|cron_job| cron_job.spec.suspend == Some(true)) {
        let finding = out.on(cron_job.reference(), "is suspended");
        finding.brief("suspended").field("spec.suspend").proof(Source::Spec, "suspend: true");
        finding.proof(
            Source::Status,
            match cron_job.status.last_schedule_time {
                Some(at) => format!("last run at {at} ({} ago)", words::age(view.now.seconds_since(at))),
                None => "it has never run".to_owned(),
            },
        );
        let (namespace, name) = (&cron_job.metadata.namespace, &cron_job.metadata.name);
        finding
            .fix(format!("set spec.suspend of CronJob {namespace}/{name} to false when it should run again"));
        finding.command(format!(
            "kubectl -n {namespace} patch cronjob {name} -p '{{\"spec\":{{\"suspend\":false}}}}'"
        ));
    }
}
