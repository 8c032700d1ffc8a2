//! # Certificate is not issued, expired, or not renewed
//!
//! ## What it finds
//! A Certificate of cert-manager that was never issued, that has expired, or whose renewal fails or is overdue.
//! The issuer, the request, the order and the challenges behind it explain why.
//!
//! ## Why it matters
//! What serves its Secret has no certificate, or one that clients refuse; or will have such a one soon.
//!
//! ## When it stays silent
//! For ten minutes while a certificate is being issued, for six hours after the time of renewal, and for what is
//! being deleted. A missing issuer is concluded only where issuers could be read.
//!
//! ## What to do
//! Repair what is nearest to the cause: the challenge, the order, the issuer. cert-manager tries again, after an
//! hour at first and up to a day later; `cmctl renew` tries at once.

use crate::issuance::{self, Trouble};
use crate::{Finding, Findings, Rule, Severity, Source, conditions, words};
use view::{Certificate, Kind, Object, View, condition};

/// The rule `certificate/not-ready`.
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
        let Some(trouble) = issuance::trouble(view, certificate) else { continue };
        let chain = issuance::chain(view, certificate);
        let why = issuance::why(view, certificate, &chain);
        let names = issuance::names(certificate);
        let (severity, brief, says) = match trouble {
            Trouble::Expired(end) => {
                let age = words::age(view.now.seconds_since(end));
                let says = format!("for {names} expired {age} ago and was not renewed: {why}");
                (Severity::Error, "expired", says)
            }
            Trouble::NotReady(ready) if ready.reason == "DoesNotExist" => {
                let since = issuance::since(view, ready);
                (Severity::Error, "not issued", format!("for {names} is not issued{since}: {why}"))
            }
            Trouble::NotReady(ready) => {
                let since = issuance::since(view, ready);
                (Severity::Error, "not ready", format!("for {names} is not ready{since}: {why}"))
            }
            Trouble::RenewalFails => {
                (Severity::Warning, "cannot be renewed", format!("for {names} cannot be renewed: {why}"))
            }
            Trouble::Overdue(at) => {
                let late = words::age(view.now.seconds_since(at));
                let says = format!("for {names} should have been renewed {late} ago, and nobody renews it");
                (Severity::Warning, "renewal overdue", says)
            }
        };
        let finding = out.on(certificate.reference(), says);
        finding.severity(severity).brief(brief).field("status.conditions");
        prove(view, certificate, finding);
        finding.because(issuance::issuer(view, certificate));
        let behind = chain.challenges.iter().chain(&chain.orders).copied().chain(chain.request);
        finding.because_all(behind.map(|object| object.reference()));
        remedy(view, certificate, &chain, brief, finding);
    }
}

fn prove(view: &View, certificate: &Certificate, finding: &mut Finding) {
    let status = &certificate.status;
    for kind in ["Ready", "Issuing"] {
        if let Some(c) = condition(&status.conditions, kind) {
            finding.proof(Source::Status, conditions::quoted(c));
        }
    }
    if let Some(end) = status.not_after {
        finding.proof(Source::Status, format!("notAfter: {end}"));
    }
    if let Some(at) = status.renewal_time.filter(|at| *at < view.now) {
        finding.proof(Source::Status, format!("renewalTime: {at}"));
    }
    if let Some(times) = status.failed_issuance_attempts {
        finding.proof(Source::Status, format!("failedIssuanceAttempts: {times}"));
    }
}

fn remedy(
    view: &View,
    certificate: &Certificate,
    chain: &issuance::Chain<'_>,
    brief: &str,
    finding: &mut Finding,
) {
    let (namespace, name) = (&certificate.metadata.namespace, &certificate.metadata.name);
    let failing = chain.challenges.iter().find(|challenge| issuance::is_failing(view, challenge));
    let object = failing.copied().or(chain.orders.iter().copied().find(|o| issuance::has_ended_badly(o)));
    let object = object.or(chain.request.filter(|request| issuance::refusal(request).is_some()));
    match object {
        Some(object) => finding.fix(format!("repair what {} tells", object.reference())),
        None if brief == "renewal overdue" => {
            finding.fix(format!("see that cert-manager runs: it has not touched Certificate {namespace}/{name}"))
        }
        None if issuance::issuer_fault(view, certificate).is_some() => {
            let issuer = issuance::issuer(view, certificate);
            finding.fix(format!("repair {issuer}, or name another issuer in spec.issuerRef of Certificate {name}"))
        }
        None => finding.fix(format!(
            "correct what the message names, then let cert-manager try at once: cmctl -n {namespace} renew {name}"
        )),
    };
    finding.command(format!("cmctl -n {namespace} status certificate {name}"));
}
