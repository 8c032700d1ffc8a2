//! # Pods are refused
//!
//! ## What it finds
//! A ReplicaSet that lacks pods because the API server refuses to create them: a quota is used up, Pod
//! Security forbids them, a webhook cannot be asked or says no, the service account or priority class
//! does not exist. Refusals of the last few pods count too, when others exist.
//!
//! ## Why it matters
//! There is no pod to look at: no log, no status. Only this condition tells why.
//!
//! ## When it stays silent
//! For ReplicaSets that have all the pods they want (old revisions want none), and in a namespace that is
//! being deleted.
//!
//! ## What to do
//! Change what the refusal names; the controller tries again by itself.

use crate::{Findings, Rule, Severity, refusal};
use view::{Kind, View};

/// The rule `replicaset/create-failed`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::ReplicaSet,
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
    refusal::report(view, refusal::replica_sets(view), "status.conditions", out);
}
