//! # Gateway class is not accepted
//!
//! ## What it finds
//! A GatewayClass whose condition `Accepted` is False, with the controller's reason; or which no controller
//! has answered within five minutes.
//!
//! ## Why it matters
//! Its Gateways are not served: no address, no listener, and none of their routes is reachable.
//!
//! ## When it stays silent
//! In the first minutes of a class, while the controller has not seen its newest spec, while it is being
//! deleted, and where the Gateway API is not installed.
//!
//! ## What to do
//! Without an answer: install the controller that `spec.controllerName` means, or start it. With a reason:
//! correct what it names, usually `spec.parametersRef`.

use crate::gateways::{TAKING_UP, is_older, is_pending, is_stale};
use crate::{Findings, Rule, Severity, Source, words};
use view::{GatewayClass, Kind, Object, View, condition};

/// The rule `gatewayclass/not-accepted`.
pub static RULE: Rule = Rule {
    needs: &[Kind::GatewayClass, Kind::Gateway],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for class in view.gateway_classes.iter().filter(|c| c.metadata.deletion_timestamp.is_none()) {
        let accepted = condition(&class.status.conditions, "Accepted");
        if accepted.is_some_and(|c| c.is_true() || is_stale(c, class.metadata.generation))
            || !is_older(view, class.metadata.creation_timestamp, TAKING_UP)
        {
            continue;
        }
        let controller = &class.spec.controller_name;
        let (says, fix) = match accepted.filter(|c| !is_pending(c)) {
            Some(c) => (
                format!("is not accepted by {controller}: {}: {}", c.reason, c.message.trim_end_matches('.')),
                format!("correct what the controller names in GatewayClass {}", class.metadata.name),
            ),
            None => (
                format!("is not accepted: no controller answers to controllerName {controller}"),
                format!(
                    "install or start the controller {controller}, or delete GatewayClass {} if it is a leftover",
                    class.metadata.name
                ),
            ),
        };
        report(view, class, says, fix, out);
    }
}

fn report(view: &View, class: &GatewayClass, says: String, fix: String, out: &mut Findings) {
    let used = view.gateways.iter().filter(|g| g.spec.gateway_class_name == class.metadata.name.as_str());
    let used: Vec<String> = used.map(|gateway| gateway.reference().to_string()).collect();
    let finding = out.on(class.reference(), says);
    finding.brief("not accepted").field("spec.controllerName");
    finding.proof(Source::Spec, format!("controllerName: {}", class.spec.controller_name));
    if let Some(c) = condition(&class.status.conditions, "Accepted") {
        finding.proof(Source::Status, format!("Accepted={}, {}: {}", c.status, c.reason, c.message));
    }
    match used.is_empty() {
        true => finding.severity(Severity::Warning),
        false => finding.proof(Source::Cluster, format!("used by {}", words::join_some(used, 3))),
    };
    finding.fix(fix).command(format!("kubectl describe gatewayclass {}", class.metadata.name));
}
