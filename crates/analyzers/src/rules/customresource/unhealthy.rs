//! # Custom resource is not well
//!
//! ## What it finds
//! An instance of a type that a CustomResourceDefinition brought and whose own status says that something is
//! wrong: a condition such as `Ready`, `Synced` or `Available` is False, one such as `Degraded`, `Stalled` or
//! `…Failed` is True, nobody has been able to tell for half an hour, or, where there are no conditions, its
//! `phase` is `Failed` or `Error`. What it refers to, what it owns, and what its message names explain it.
//!
//! ## Why it matters
//! Its controller cannot bring about what it asks for: a database is not there, a secret is not synced, a
//! cluster does not come up.
//!
//! ## When it stays silent
//! For five minutes after a change (an hour while the reason says that work goes on); for what is suspended,
//! paused, stopped, scaled to zero or being deleted; for a generation that its controller has not seen yet;
//! for condition types whose meaning nobody outside knows; for parts that `Ready` leaves out of account; for
//! work that ended more than a day ago.
//!
//! ## What to do
//! Follow the message: it is its controller's own. Where it names another object, repair that one; the
//! controller tries again by itself.

use crate::polarity::{self, Fault, Tone};
use crate::{Finding, Findings, Rule, Severity, Source, conditions, custom, mentions};
use view::{CustomResource, Kind, Object, View};

/// The rule `customresource/unhealthy`.
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
    for object in view.custom_resources.iter() {
        if is_left_out(view, object) {
            continue;
        }
        let status = &object.status;
        let faults = polarity::faults(view, &object.metadata, &status.conditions, status.observed_generation);
        if let Some(fault) = faults.first() {
            let finding = report(view, object, fault, out);
            for other in faults.iter().take(4) {
                finding.proof(Source::Status, conditions::quoted(other.condition));
            }
            explain(view, &kinds, object, &fault.condition.message, finding);
        } else if status.conditions.is_empty() && custom::has_failed(view, object) {
            let finding = report_phase(object, out);
            explain(view, &kinds, object, &status.message, finding);
        }
    }
}

/// What rests, what a rule of its own tells of, and what a controller makes for itself.
fn is_left_out(view: &View, object: &CustomResource) -> bool {
    let rests = object.spec.rests || polarity::is_resting(&object.status.phase);
    let inner = object.group().contains(".internal.") || object.group() == "acme.cert-manager.io";
    let of_certificate = object.kind == "CertificateRequest"
        && view.owner_of(&object.metadata).is_some_and(|owner| owner.kind == Kind::Certificate.name());
    rests || inner || of_certificate
}

fn report<'a>(
    view: &View,
    object: &CustomResource,
    fault: &Fault<'_>,
    out: &'a mut Findings,
) -> &'a mut Finding {
    let c = fault.condition;
    let lasting = conditions::lasting(view, c);
    let state = match (c.kind.as_str(), fault.tone) {
        ("Ready", Tone::Late) => "is still not ready".to_owned(),
        ("Ready", tone) if tone != Tone::Unknown => "is not ready".to_owned(),
        (kind, _) => format!("has {kind}={}", c.status),
    };
    let reason =
        if c.reason.is_empty() || c.message.is_empty() { String::new() } else { format!(" ({})", c.reason) };
    let says = format!("{}{reason}: {}", format!("{state} {lasting}").trim(), conditions::told(c));
    let finding = out.on(object.reference(), says);
    let severity = if fault.tone == Tone::Broken { Severity::Error } else { Severity::Warning };
    let brief = if c.reason.is_empty() { format!("{}={}", c.kind, c.status) } else { c.reason.to_string() };
    finding.severity(severity).brief(brief).field("status.conditions");
    finding.same_everywhere(format!("{} {} {}", c.kind, c.reason, custom::alike(&c.message, object)));
    finding
}

fn report_phase<'a>(object: &CustomResource, out: &'a mut Findings) -> &'a mut Finding {
    let status = &object.status;
    let state =
        if status.phase.is_empty() { "reports an error".to_owned() } else { format!("is {}", status.phase) };
    let why = [&status.message, &status.reason].into_iter().find(|text| !text.is_empty());
    let why = why.map_or("its controller does not say why", |text| text.as_str()).trim_end_matches('.');
    let finding = out.on(object.reference(), format!("{state}: {why}"));
    let brief = if status.phase.is_empty() { "error".to_owned() } else { status.phase.to_string() };
    finding.brief(brief).field("status.phase");
    finding.same_everywhere(format!("{} {} {}", status.phase, status.reason, custom::alike(why, object)));
    finding.proof(Source::Status, format!("{state}: {why}"));
    finding
}

fn explain(
    view: &View,
    kinds: &mentions::Kinds,
    object: &CustomResource,
    message: &str,
    finding: &mut Finding,
) {
    let meta = &object.metadata;
    let owners = view.owners_of(meta);
    let named = kinds.named(view, message, &meta.namespace);
    let all =
        named.iter().cloned().chain(mentions::referred(view, object)).chain(mentions::owned(view, meta));
    finding.because_all(all.filter(|other| !owners.contains(other)).take(200));
    let own = object.reference();
    let warning = view.events_of(&own.kind, meta).find(|event| event.is_warning());
    if let Some(event) = warning.filter(|_| message.is_empty()) {
        finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
    }
    let other = named.iter().find(|other| **other != own && !owners.contains(other));
    finding.fix(custom::advice(view, object, message, other));
    let place = if meta.namespace.is_empty() { String::new() } else { format!("-n {} ", meta.namespace) };
    let kind = object.kind.to_lowercase();
    finding.command(format!("kubectl {place}describe {kind}.{} {}", object.group(), meta.name));
}
