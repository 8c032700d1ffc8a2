//! # Calls of a mutating webhook fail
//!
//! ## What it finds
//! A webhook of a MutatingWebhookConfiguration because of which the API server refuses to create pods, as the refused
//! workloads say, although its Service has endpoints: its certificate is not trusted, it does not answer in time,
//! or nothing listens.
//!
//! ## Why it matters
//! The workloads cannot make pods, and everything else that the webhook is asked for is refused as well.
//!
//! ## When it stays silent
//! When no workload is refused now, for webhooks that let requests pass when they fail, and when the Service is at
//! fault in a way that another rule tells.
//!
//! ## What to do
//! As the answer says: renew `caBundle` and the server's certificate together, let the API server reach the port,
//! or make the server answer faster.

use crate::{Findings, Rule, Severity, webhooks};
use view::{Kind, View};

/// The rule `mutatingwebhookconfiguration/call-failed`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::MutatingWebhookConfiguration,
        Kind::Service,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Event,
        Kind::Namespace,
    ],
    severity: Severity::Critical,
    since: "0.2.0",
    default: true,
    yields_to: &[
        "mutatingwebhookconfiguration/backend-missing",
        "mutatingwebhookconfiguration/no-endpoints",
        "mutatingwebhookconfiguration/backend-port",
    ],
    run,
};

fn run(view: &View, out: &mut Findings) {
    webhooks::call_failed(view, webhooks::mutating(view), out);
}
