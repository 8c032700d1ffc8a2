//! # Job keeps failing and tries again
//!
//! ## What it finds
//! A Job that is still trying within its backoff limit, of which three pods or more have failed and none has
//! succeeded.
//!
//! ## Why it matters
//! It will probably give up (`job/failed`), with growing pauses before that.
//!
//! ## When it stays silent
//! For fewer failures, as soon as one pod has succeeded, and for Jobs that have ended or are suspended.
//!
//! ## What to do
//! Read the log of the newest failed pod now; there is no need to wait for the last try.

use crate::containers::seen;
use crate::jobs::{Outcome, newest_failed_pod, outcome};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Job, Kind, Object, View};

/// The rule `job/retrying`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Job, Kind::Pod],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &["job/failed"],
    run,
};

/// Fewer failures than this are what retries are for.
const FAILURES_MIN: i64 = 3;
/// A `backoffLimit` that is none.
const UNLIMITED: i64 = i32::MAX as i64;

fn run(view: &View, out: &mut Findings) {
    let retries = |job: &Job| {
        let trying = outcome(job) == Outcome::Running && job.spec.suspend != Some(true);
        // Of pods side by side a few may be lost with their nodes: all of them at least should have failed.
        let many = job.spec.parallelism.unwrap_or(1).max(FAILURES_MIN);
        trying && job.status.failed >= many && job.status.succeeded == 0
    };
    for job in view.jobs.iter().filter(|job| retries(job)) {
        let limit = job.spec.backoff_limit.unwrap_or(6);
        let most = match limit {
            // What the API server sets where backoffLimitPerIndex counts instead.
            UNLIMITED.. => String::new(),
            limit => format!(" of at most {}", limit + 1),
        };
        let says = format!("keeps failing: {}{most} tries failed", job.status.failed);
        let finding = out.on(job.reference(), says);
        finding.brief("keeps failing").same("retrying").field("spec.backoffLimit");
        finding.because_all(view.pods_of(&job.metadata.uid).map(|pod| pod.reference()));
        if let Some(pod) = newest_failed_pod(view, job) {
            let ends = seen(pod).filter_map(|c| c.status.state.terminated.as_ref().map(|end| (c, end)));
            for (container, end) in ends.filter(|(_, end)| end.exit_code != 0).take(1) {
                let exit = words::exit_code(end.exit_code, &end.reason);
                finding.proof(
                    Source::Status,
                    format!("{}: {} ended with {exit}", pod.reference(), container.title()),
                );
                finding.log(&pod.metadata, &container.status.name, false);
            }
        }
        let (namespace, name) = (&job.metadata.namespace, &job.metadata.name);
        finding.fix(format!(
            "read the log of the newest failed pod of Job {namespace}/{name} and correct what ends it"
        ));
        finding.command(format!("kubectl -n {namespace} logs job/{name} --all-pods=true"));
    }
}
