//! # Job is suspended
//!
//! ## What it finds
//! A Job with `spec.suspend: true`.
//!
//! ## Why it matters
//! Nothing is broken: somebody, or a queue such as Kueue, holds it back. It does no work until it is resumed.
//!
//! ## When it stays silent
//! Unless the filter `Job` is named explicitly: suspending is something people and queues do on purpose.
//!
//! ## What to do
//! Resume it with `suspend: false`, or ask the queue that holds it.

use crate::jobs::{Outcome, begun, outcome};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `job/suspended`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Job],
    severity: Severity::Info,
    since: "0.1.0",
    default: false,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for job in
        view.jobs.iter().filter(|job| job.spec.suspend == Some(true) && outcome(job) == Outcome::Running)
    {
        let finding = out.on(job.reference(), "is suspended");
        finding.brief("suspended").field("spec.suspend").proof(Source::Spec, "suspend: true");
        if let Some(since) = begun(job) {
            finding.proof(Source::Status, format!("created or started at {since}"));
        }
        let (namespace, name) = (&job.metadata.namespace, &job.metadata.name);
        finding.fix(format!("set spec.suspend of Job {namespace}/{name} to false when it may run"));
        finding.command(format!("kubectl -n {namespace} describe job {name}"));
    }
}
