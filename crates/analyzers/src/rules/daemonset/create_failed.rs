//! # Pods are refused
//!
//! ## What it finds
//! A DaemonSet that lacks pods because the API server refuses to create them (or, for their claims,
//! refuses those): quota, Pod Security, a webhook, a missing service account or priority class.
//!
//! ## Why it matters
//! There is no pod to look at. The newest FailedCreate event of the DaemonSet alone tells why.
//!
//! ## When it stays silent
//! When a creation has succeeded since, when the event is older than an hour, when no pod is lacking, and
//! in a namespace that is being deleted.
//!
//! ## What to do
//! Change what the refusal names; the controller tries again by itself.

use crate::{Findings, Rule, Severity, refusal};
use view::{Kind, View};

/// The rule `daemonset/create-failed`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::DaemonSet,
        Kind::Event,
        Kind::Namespace,
        Kind::ResourceQuota,
        Kind::LimitRange,
        Kind::ServiceAccount,
        Kind::ValidatingWebhookConfiguration,
        Kind::MutatingWebhookConfiguration,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    refusal::report(view, refusal::daemon_sets(view), "status", out);
}
