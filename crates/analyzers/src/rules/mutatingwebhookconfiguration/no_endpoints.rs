//! # Nobody answers a mutating webhook
//!
//! ## What it finds
//! A webhook of a MutatingWebhookConfiguration whose Service exists and has no ready endpoint: its pods are
//! not ready, there are none, or its workload is scaled to zero.
//!
//! ## Why it matters
//! With `failurePolicy: Fail` the API server refuses every request that the webhook should be asked for,
//! often the creation of pods, and with it the repair of much else. With `Ignore` requests pass
//! unchecked and unchanged after a delay.
//!
//! ## When it stays silent
//! When at least one endpoint is ready, while pods are within the time their probes give them, for webhooks
//! given by URL, and when Services, pods or EndpointSlices could not be read.
//!
//! ## What to do
//! Repair the pods behind the Service. If that needs requests which the webhook blocks, delete the
//! configuration for the time being.

use crate::{Findings, Rule, Severity, webhooks};
use view::{Kind, View};

/// The rule `mutatingwebhookconfiguration/no-endpoints`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::MutatingWebhookConfiguration,
        Kind::Service,
        Kind::EndpointSlice,
        Kind::Pod,
        Kind::Event,
        Kind::Node,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
        Kind::Namespace,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    webhooks::no_endpoints(view, webhooks::mutating(view), out);
}
