//! # Challenge of a certificate authority is not passed
//!
//! ## What it finds
//! A Challenge of cert-manager that has not been passed ten minutes after it was created, or that failed, with
//! the reason that cert-manager or the authority gives.
//!
//! ## Why it matters
//! The authority does not issue the certificate: it cannot see that the name belongs to this cluster.
//!
//! ## When it stays silent
//! In the first ten minutes, when no reason is given, and for challenges that are being deleted.
//!
//! ## What to do
//! For HTTP-01, make `/.well-known/acme-challenge/` of the name reach this cluster from the internet: DNS,
//! load balancer, ingress class of the solver. For DNS-01, give cert-manager access to the zone.

use crate::{Findings, Rule, Severity, Source, issuance, mentions};
use view::{Kind, Object, View};

/// The rule `certificate/challenge`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CustomResource, Kind::CustomResourceDefinition],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let kinds = mentions::Kinds::new(view);
    for challenge in issuance::challenges(view).filter(|challenge| issuance::is_failing(view, challenge)) {
        let (meta, status) = (&challenge.metadata, &challenge.status);
        let state = if status.phase.is_empty() { "pending" } else { status.phase.as_str() };
        let reason = status.reason.trim_end_matches('.');
        let finding = out.on(challenge.reference(), format!("is not passed: {reason}"));
        finding.brief(format!("challenge {state}")).field("status.reason");
        finding.proof(Source::Status, format!("state {state}: {reason}"));
        let named = kinds.named(view, reason, &meta.namespace);
        match named.first().filter(|_| reason.contains("not found")) {
            Some(object) => finding.fix(format!("create {object}, or correct the solver that refers to it")),
            None => finding.fix(advice(reason)),
        };
        finding.because_all(named);
        finding.command(format!("kubectl -n {} describe challenge {}", meta.namespace, meta.name));
    }
}

/// What to try, by what the reason speaks of.
fn advice(reason: &str) -> String {
    let lower = reason.to_lowercase();
    let url = reason.split(['\'', '"', ' ']).find(|word| word.starts_with("http://"));
    let url = url.unwrap_or("/.well-known/acme-challenge/ of this name");
    let step = if lower.contains("no such host") || lower.contains("nxdomain") {
        "create the DNS record of this name, pointing at the ingress of this cluster"
    } else if lower.contains("self check") || lower.contains("http-01") {
        return format!(
            "make {url} reach this cluster: DNS record, load balancer, ingress class of the solver"
        );
    } else if lower.contains("caa") {
        "allow the authority in the CAA record of the domain"
    } else if lower.contains("rate limit") || lower.contains("ratelimited") {
        "wait until the authority's rate limit is over; test against its staging server"
    } else if lower.contains("dns") {
        "give cert-manager access to the zone of this name, and see that its TXT record appears"
    } else {
        "correct what the reason names; cert-manager tries again"
    };
    step.to_owned()
}
