//! # Pods are refused
//!
//! ## What it finds
//! A Job that lacks pods because the API server refuses to create them: a quota is used up, a LimitRange or Pod
//! Security forbids them, a webhook cannot be asked or says no, the service account does not exist.
//!
//! ## Why it matters
//! Its work does not begin. There is no pod to look at; only this event tells why.
//!
//! ## When it stays silent
//! For Jobs that have ended, are suspended, or have all the pods they want, when a later creation succeeded, and
//! in a namespace that is being deleted.
//!
//! ## What to do
//! Change what the refusal names; the controller tries again by itself.

use crate::{Findings, Rule, Severity, refusal};
use view::{Kind, View};

/// The rule `job/create-failed`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Job,
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
    refusal::report(view, refusal::jobs(view), "status.active", out);
}
