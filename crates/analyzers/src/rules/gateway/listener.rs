//! # Listener of a Gateway does not serve
//!
//! ## What it finds
//! A listener that its controller calls conflicted (two want the same port in ways that exclude each other), not
//! accepted, not programmed, or whose references do not resolve, with the reason.
//!
//! ## Why it matters
//! Routes of this listener are not reachable although the Gateway itself may be well.
//!
//! ## When it stays silent
//! For the first two minutes of such a condition, while the controller has not seen the newest spec, when the
//! whole Gateway has the same fault (`gateway/not-programmed`), and for certificates, of which
//! `gateway/certificate` tells.
//!
//! ## What to do
//! Correct what the reason names: a port or hostname that another listener has, a protocol or kind of route that
//! the controller does not know.

use crate::certificates::of_listener;
use crate::gateways::{Trouble, listener_fault, trouble};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Condition, Gateway, Kind, Listener, Object, View};

/// The rule `gateway/listener`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Gateway, Kind::GatewayClass, Kind::Secret, Kind::ReferenceGrant],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["gateway/class-missing"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for gateway in view.gateways.iter().filter(|g| g.metadata.deletion_timestamp.is_none()) {
        // What holds for the whole gateway is told once, unless it points back at the listeners.
        let whole = match trouble(view, gateway) {
            Some(Trouble::Condition(c)) => {
                !matches!(c.reason.as_str(), "ListenersNotValid" | "ListenersNotReady" | "Invalid")
            }
            other => other.is_some(),
        };
        for listener in &gateway.spec.listeners {
            let Some(fault) = listener_fault(view, gateway, listener) else { continue };
            let own = fault.kind != "Programmed" && fault.reason != "Pending";
            let by_certificate = of_listener(view, gateway, listener).next().is_some();
            if (own || !whole) && !(by_certificate && is_of_certificate(fault)) {
                report(gateway, listener, fault, out);
            }
        }
    }
}

/// The condition tells of the certificate, or of what follows from it.
fn is_of_certificate(fault: &Condition) -> bool {
    matches!(fault.reason.as_str(), "InvalidCertificateRef" | "RefNotPermitted" | "Invalid" | "ResolvedRefs")
        || fault.kind == "Programmed"
}

fn report(gateway: &Gateway, listener: &Listener, fault: &Condition, out: &mut Findings) {
    let name = &listener.name;
    let state = match fault.kind.as_str() {
        "Conflicted" => "conflicts with another",
        "ResolvedRefs" => "has references that do not resolve",
        "Accepted" => "is not accepted",
        _ => "is not programmed",
    };
    let message = fault.message.trim_end_matches('.');
    let why =
        if message.is_empty() { fault.reason.to_string() } else { format!("{}: {message}", fault.reason) };
    let finding = out.on(gateway.reference(), format!("has listener {name}, which {state}: {why}"));
    finding.brief(format!("listener {name} {state}")).field("spec.listeners").proof(
        Source::Status,
        format!("listener {name}: {}={}, {}: {}", fault.kind, fault.status, fault.reason, fault.message),
    );
    let written = format!("{} {} {}", listener.protocol, listener.port, listener.hostname);
    finding.proof(Source::Spec, format!("listener {name}: {}", written.trim()));
    let rivals = gateway.spec.listeners.iter().filter(|l| l.port == listener.port && l.name != name.as_str());
    let rivals = words::join_some(rivals.map(|l| format!("{} ({} {})", l.name, l.protocol, l.port)), 3);
    let path = gateway.reference().path();
    finding.fix(match fault.kind.as_str() {
        "Conflicted" if !rivals.is_empty() => {
            format!("give listener {name} of Gateway {path} a port or hostname that {rivals} does not have")
        }
        _ => format!("correct what the reason names in listener {name} of Gateway {path}"),
    });
    let meta = &gateway.metadata;
    finding.command(format!("kubectl -n {} describe gateway {}", meta.namespace, meta.name));
}
