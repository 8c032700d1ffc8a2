//! # Gateway asks for a class that does not exist
//!
//! ## What it finds
//! A Gateway whose `gatewayClassName` names no GatewayClass.
//!
//! ## Why it matters
//! No controller takes it up: it gets no address and serves no route.
//!
//! ## When it stays silent
//! When GatewayClasses could not be read, while the Gateway is being deleted, and where the Gateway API is not
//! installed.
//!
//! ## What to do
//! Name a class that exists, or install the controller that brings the class.

use crate::{Findings, Rule, Severity, Source, words};
use view::{GatewayClass, Kind, Object, View};

/// The rule `gateway/class-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Gateway, Kind::GatewayClass],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for gateway in view.gateways.iter().filter(|g| g.metadata.deletion_timestamp.is_none()) {
        let class = &gateway.spec.gateway_class_name;
        if !view.lookup::<GatewayClass>("", class).is_missing() {
            continue;
        }
        let names = || view.gateway_classes.iter().map(|c| c.metadata.name.as_str());
        let all = words::join_some(names(), 8);
        let says = format!("asks for GatewayClass {class}, which does not exist");
        let finding = out.on(gateway.reference(), says);
        finding
            .brief(format!("GatewayClass {class} does not exist"))
            .field("spec.gatewayClassName")
            .proof(Source::Spec, format!("gatewayClassName: {class}"))
            .proof(Source::Cluster, format!("classes here: {}", if all.is_empty() { "none" } else { &all }));
        let path = gateway.reference().path();
        finding.fix(match words::near(class, names()).first().copied().or_else(|| names().next()) {
            Some(name) => format!(
                "set spec.gatewayClassName of Gateway {path} to {name}, or install the controller of {class}"
            ),
            None => format!("install a controller that brings GatewayClass {class}"),
        });
    }
}
