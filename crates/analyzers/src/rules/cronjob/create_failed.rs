//! # Runs are refused
//!
//! ## What it finds
//! A CronJob whose Jobs the API server refuses to create: a quota of Jobs is used up, a webhook cannot be asked or
//! says no, the template does not pass.
//!
//! ## Why it matters
//! Its runs are skipped. There is no Job to look at; only this event tells why.
//!
//! ## When it stays silent
//! When a later run was created, for suspended CronJobs, and in a namespace that is being deleted.
//!
//! ## What to do
//! Change what the refusal names; the controller tries again by itself.

use crate::{Findings, Rule, Severity, refusal};
use view::{Kind, View};

/// The rule `cronjob/create-failed`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::CronJob,
        Kind::Event,
        Kind::Namespace,
        Kind::ResourceQuota,
        Kind::LimitRange,
        Kind::ServiceAccount,
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    refusal::report(view, refusal::cron_jobs(view), "spec.jobTemplate", out);
}
