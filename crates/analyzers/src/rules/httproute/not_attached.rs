//! # No listener takes the route
//!
//! ## What it finds
//! An HTTPRoute whose Gateway exists and none of whose listeners takes it: there is no listener of that name or
//! port, the listeners take no routes from its namespace or no HTTPRoutes, or their hostnames have nothing in
//! common with the route's.
//!
//! ## Why it matters
//! The Gateway does not serve the route: its requests get "not found".
//!
//! ## When it stays silent
//! As long as one listener that the route means takes it, for parents of another kind than Gateway, when the
//! Namespaces that a listener selects from could not be read, and while either is being deleted.
//!
//! ## What to do
//! Correct the listener's name, or what the listener admits (`allowedRoutes`, `hostname`), or the route.

use crate::attachment::refusal;
use crate::gateways::{self, place};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `httproute/not-attached`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HTTPRoute, Kind::Gateway, Kind::Namespace],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for route in view.http_routes.iter().filter(|r| r.metadata.deletion_timestamp.is_none()) {
        for parent in gateways::parents(view, route) {
            if parent.gateway.metadata.deletion_timestamp.is_some() {
                continue;
            }
            let Some(refusal) = refusal(view, route, &parent) else { continue };
            let place = place(&parent);
            let finding = out.on(route.reference(), format!("is not taken by {place}: {}", refusal.why));
            finding.brief(refusal.brief).field(refusal.field).proof(Source::Spec, refusal.proof);
            finding.proof(Source::Cluster, format!("its listeners: {}", gateways::listeners(parent.gateway)));
            finding.fix(refusal.fix);
            let meta = &route.metadata;
            finding.command(format!("kubectl -n {} describe httproute {}", meta.namespace, meta.name));
        }
    }
}
