//! # Request for a certificate was refused
//!
//! ## What it finds
//! The newest CertificateRequest of a Certificate in trouble that failed, was denied or is invalid, and an Order
//! behind it that the authority ended (`invalid`, `errored`, `expired`).
//!
//! ## Why it matters
//! This attempt is over: cert-manager waits, for an hour at first and longer each time, before it tries again.
//!
//! ## When it stays silent
//! For requests of Certificates that are well: those are history.
//!
//! ## What to do
//! Correct what the message names (the issuer, the names asked for, the policy that denies), then try at once
//! with `cmctl renew`.

use crate::{Findings, Rule, Severity, Source, conditions, issuance};
use view::{Kind, Object, View};

/// The rule `certificate/request`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Certificate, Kind::CustomResource, Kind::CustomResourceDefinition],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for certificate in view.certificates.iter() {
        if issuance::trouble(view, certificate).is_none() {
            continue;
        }
        let chain = issuance::chain(view, certificate);
        let renew =
            format!("cmctl -n {} renew {}", certificate.metadata.namespace, certificate.metadata.name);
        for order in chain.orders.iter().filter(|order| issuance::has_ended_badly(order)) {
            let status = &order.status;
            let why = if status.reason.is_empty() {
                "the authority does not say why"
            } else {
                status.reason.as_str()
            };
            let finding =
                out.on(order.reference(), format!("is {}: {}", status.phase, why.trim_end_matches('.')));
            finding.brief(format!("order {}", status.phase)).field("status.state");
            finding.proof(Source::Status, format!("state {}: {why}", status.phase));
            finding.because_all(chain.challenges.iter().map(|challenge| challenge.reference()));
            finding.fix("correct what the authority names, then try again").command(renew.clone());
        }
        let Some(request) = chain.request else { continue };
        let Some(refusal) = issuance::refusal(request) else { continue };
        let verb =
            if refusal.kind == "Denied" || refusal.reason == "Denied" { "was denied" } else { "failed" };
        let finding = out.on(
            request.reference(),
            format!("{verb}: {}", conditions::told(refusal).trim_end_matches([':', ' '])),
        );
        finding.brief(verb).field("status.conditions").proof(Source::Status, conditions::quoted(refusal));
        finding.because_all(chain.orders.iter().map(|order| order.reference()));
        finding.because(issuance::issuer(view, certificate));
        finding.fix(format!("correct what the message names, then renew {}", certificate.reference()));
        finding.command(renew);
    }
}
