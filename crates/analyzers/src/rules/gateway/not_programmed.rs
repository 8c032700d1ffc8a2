//! # Gateway is not served
//!
//! ## What it finds
//! A Gateway whose condition `Accepted` or `Programmed` is not True, with the controller's reason; or which no
//! controller has taken up within five minutes. A class that is not accepted, and a Service of the gateway that
//! waits for an address, are given as the cause.
//!
//! ## Why it matters
//! Its listeners answer nobody: none of its routes is reachable.
//!
//! ## When it stays silent
//! In the first minutes, while an address is being assigned, while the controller has not seen the newest
//! spec, and while the Gateway is being deleted.
//!
//! ## What to do
//! Correct what the reason names. Without any answer: start the controller of the class.

use crate::gateways::{Trouble, services, trouble};
use crate::{Findings, Rule, Severity, Source};
use view::{Gateway, GatewayClass, Kind, Object, ObjectRef, View};

/// The rule `gateway/not-programmed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Gateway, Kind::GatewayClass, Kind::Service, Kind::Secret, Kind::ReferenceGrant],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["gateway/class-missing", "gateway/certificate", "gateway/listener"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for gateway in view.gateways.iter().filter(|g| g.metadata.deletion_timestamp.is_none()) {
        match trouble(view, gateway) {
            Some(Trouble::NotTakenUp(controller)) => not_taken_up(gateway, controller, out),
            Some(Trouble::Condition(c)) => {
                let message = c.message.trim_end_matches('.');
                let why = if message.is_empty() {
                    c.reason.to_string()
                } else {
                    format!("{}: {message}", c.reason)
                };
                let state = if c.kind == "Accepted" { "not accepted" } else { "not programmed" };
                let finding = out.on(gateway.reference(), format!("is {state}: {why}"));
                finding.brief(state).field("spec.listeners");
                finding
                    .proof(Source::Status, format!("{}={}, {}: {}", c.kind, c.status, c.reason, c.message));
                if c.reason.starts_with("Address") || c.reason == "NoResources" || c.reason == "Pending" {
                    finding.because_all(services(view, gateway));
                }
                finding.because(class_of(gateway));
                finding.fix(remedy(gateway, &c.reason));
                finding.command(describe(gateway));
            }
            _ => {}
        }
    }
}

fn class_of(gateway: &Gateway) -> ObjectRef {
    ObjectRef::new(GatewayClass::KIND.name(), "", gateway.spec.gateway_class_name.clone())
}

fn describe(gateway: &Gateway) -> String {
    format!("kubectl -n {} describe gateway {}", gateway.metadata.namespace, gateway.metadata.name)
}

fn not_taken_up(gateway: &Gateway, controller: &str, out: &mut Findings) {
    let class = &gateway.spec.gateway_class_name;
    let whose =
        if controller.is_empty() { "its controller".to_owned() } else { format!("controller {controller}") };
    let finding =
        out.on(gateway.reference(), format!("is not taken up: {whose} of GatewayClass {class} says nothing"));
    finding
        .brief("not taken up")
        .field("spec.gatewayClassName")
        .proof(Source::Spec, format!("gatewayClassName: {class}"))
        .proof(Source::Status, "no condition was set by a controller")
        .because(class_of(gateway))
        .fix(format!(
            "start {whose}, or name the class of one that runs in Gateway {}",
            gateway.reference().path()
        ))
        .command(describe(gateway));
}

fn remedy(gateway: &Gateway, reason: &str) -> String {
    let path = gateway.reference().path();
    match reason {
        "AddressNotAssigned" => {
            format!(
                "give Gateway {path} an address: install or repair what assigns addresses to Services of type LoadBalancer"
            )
        }
        "AddressNotUsable" | "UnsupportedAddress" => format!("correct spec.addresses of Gateway {path}"),
        "NoResources" => format!("free the resources that the controller of Gateway {path} lacks"),
        "InvalidParameters" => format!("correct spec.infrastructure.parametersRef of Gateway {path}"),
        _ => format!("correct what the reason names in Gateway {path}"),
    }
}
