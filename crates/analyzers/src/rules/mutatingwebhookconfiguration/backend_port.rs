//! # Mutating webhook asks a port that its Service does not have
//!
//! ## What it finds
//! A webhook of a MutatingWebhookConfiguration whose Service exists without the port that it is asked at (443 when
//! the webhook names none).
//!
//! ## Why it matters
//! Nobody can be asked: with `failurePolicy: Fail` the API server refuses the requests that the webhook is for,
//! with `Ignore` they pass unchecked.
//!
//! ## When it stays silent
//! For webhooks given by URL, for Services of type ExternalName, and when Services could not be read.
//!
//! ## What to do
//! Make `clientConfig.service.port` and the Service's port agree.

use crate::{Findings, Rule, Severity, webhooks};
use view::{Kind, View};

/// The rule `mutatingwebhookconfiguration/backend-port`.
pub static RULE: Rule = Rule {
    needs: &[Kind::MutatingWebhookConfiguration, Kind::Service, Kind::Namespace],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["mutatingwebhookconfiguration/no-endpoints"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    webhooks::backend_port(view, webhooks::mutating(view), out);
}
