//! # Route hangs on a Gateway that does not serve
//!
//! ## What it finds
//! An HTTPRoute whose Gateway is not served (its class is missing, no controller takes it up, it is not
//! programmed), or whose listeners there are all at fault.
//!
//! ## Why it matters
//! The route is right and yet unreachable: the fault is the Gateway's.
//!
//! ## When it stays silent
//! While the Gateway is within its time, as long as one listener that takes the route is well, and when Gateways
//! could not be read.
//!
//! ## What to do
//! Repair the Gateway that is named: the route follows.

use crate::gateways::{self, Trouble, hostnames_meet, is_broken, place, trouble};
use crate::{Findings, Rule, Severity, Source};
use view::{HTTPRoute, Kind, Listener, Object, View};

/// The rule `httproute/gateway-unavailable`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HTTPRoute, Kind::Gateway, Kind::GatewayClass, Kind::Secret, Kind::ReferenceGrant],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for route in view.http_routes.iter().filter(|r| r.metadata.deletion_timestamp.is_none()) {
        for parent in gateways::parents(view, route) {
            let why = match trouble(view, parent.gateway) {
                Some(Trouble::ClassMissing) => {
                    format!("its GatewayClass {} does not exist", parent.gateway.spec.gateway_class_name)
                }
                Some(Trouble::NotTakenUp(_)) => "no controller has taken it up".to_owned(),
                Some(Trouble::Condition(c)) => format!("{}={}, {}", c.kind, c.status, c.reason),
                None => match broken(view, route, &parent) {
                    Some(listener) => format!("its listener {} is at fault", listener.name),
                    None => continue,
                },
            };
            let gateway = parent.gateway.reference();
            let says = format!("hangs on {}, which does not serve: {why}", place(&parent));
            let finding = out.on(route.reference(), says);
            finding
                .brief("unreachable")
                .field("spec.parentRefs")
                .proof(Source::Spec, format!("parentRefs: {}", gateway.path()))
                .fix(format!("repair {gateway}: the route follows"))
                .because(gateway);
        }
    }
}

/// The first listener that would serve the route, when all that would are at fault.
fn broken<'a>(view: &View, route: &HTTPRoute, parent: &gateways::Parent<'a>) -> Option<&'a Listener> {
    let mut meant =
        parent.listeners.iter().copied().filter(|l| hostnames_meet(&l.hostname, &route.spec.hostnames));
    let first = meant.clone().next()?;
    meant.all(|listener| is_broken(view, parent.gateway, listener)).then_some(first)
}
