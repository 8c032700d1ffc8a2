//! # Mutating webhook asks a Service that does not exist
//!
//! ## What it finds
//! A webhook of a MutatingWebhookConfiguration whose Service does not exist.
//!
//! ## Why it matters
//! With `failurePolicy: Fail` the API server refuses every request that the webhook should be asked for:
//! no pod may be created or changed any more. With `Ignore` requests pass unchecked and unchanged.
//!
//! ## When it stays silent
//! For webhooks given by URL, and when Services could not be read.
//!
//! ## What to do
//! Install the server again, or delete the configuration: it is often left behind when the program that made
//! it was removed.

use crate::{Findings, Rule, Severity, webhooks};
use view::{Kind, View};

/// The rule `mutatingwebhookconfiguration/backend-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::MutatingWebhookConfiguration, Kind::Service, Kind::Namespace],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    webhooks::backend_missing(view, webhooks::mutating(view), out);
}
