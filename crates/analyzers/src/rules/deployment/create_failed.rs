//! # ReplicaSet is refused
//!
//! ## What it finds
//! A Deployment whose new ReplicaSet the API server refuses to create (`ReplicaSetCreateError`): a quota of objects
//! is used up, a webhook cannot be asked or says no.
//!
//! ## Why it matters
//! The new version is not rolled out at all; the old one goes on.
//!
//! ## When it stays silent
//! In a namespace that is being deleted.
//!
//! ## What to do
//! Change what the refusal names; the controller tries again by itself.

use crate::{Findings, Rule, Severity, refusal};
use view::{Kind, View};

/// The rule `deployment/create-failed`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Deployment,
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
    refusal::report(view, refusal::deployments(view), "status.conditions", out);
}
