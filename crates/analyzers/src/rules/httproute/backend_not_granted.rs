//! # Route may not send to a Service of another namespace
//!
//! ## What it finds
//! A backend of an HTTPRoute that is a Service of another namespace, where no ReferenceGrant lets HTTPRoutes of
//! the route's namespace use it.
//!
//! ## Why it matters
//! The controller does not resolve the backend (`RefNotPermitted`): its share of the requests is answered with
//! an error (500).
//!
//! ## When it stays silent
//! For backends of the same namespace, of another kind or with weight 0, when the Service does not exist
//! (`httproute/backend-missing`), when ReferenceGrants could not be read, and when the controller has resolved
//! the references all the same.
//!
//! ## What to do
//! Add a ReferenceGrant in the namespace of the Service.

use crate::{Findings, Rule, Severity, Source, gateways, routes, words};
use view::{HTTPRoute, Kind, Object, View, condition};

/// The rule `httproute/backend-not-granted`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HTTPRoute, Kind::Service, Kind::ReferenceGrant],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for (route, backend) in routes::all(view) {
        let (service, own) = (&backend.service, &route.metadata.namespace);
        let to = (service.namespace.as_str(), service.name.as_str());
        if gateways::is_granted(view, "HTTPRoute", own, "Service", to)
            || view.services.get(&service.namespace, &service.name).is_none()
            || is_resolved(route)
        {
            continue;
        }
        let there = view.reference_grants.names_in(&service.namespace);
        let there = words::join_some(there, 5);
        let paths = words::join_some(&backend.routes, 3);
        let says = format!(
            "sends {paths} to {service}, and no ReferenceGrant in {} lets HTTPRoutes of {own} use it",
            service.namespace
        );
        let finding = out.on(route.reference(), says);
        finding
            .brief(format!("{service} not permitted"))
            .field("spec.rules.backendRefs.namespace")
            .proof(Source::Spec, format!("{paths} → {}", service.path()))
            .proof(
                Source::Cluster,
                format!(
                    "ReferenceGrants in {}: {}",
                    service.namespace,
                    if there.is_empty() { "none" } else { &there }
                ),
            )
            .fix(format!(
                "add a ReferenceGrant in namespace {} from HTTPRoute of {own} to Service {}",
                service.namespace, service.name
            ));
    }
}

/// A controller has seen this spec and resolved every reference: it does not ask for grants.
fn is_resolved(route: &HTTPRoute) -> bool {
    let parents = &route.status.parents;
    let resolved = |parent: &view::RouteParentStatus| {
        let condition = condition(&parent.conditions, "ResolvedRefs");
        condition.is_some_and(|c| c.is_true() && c.observed_generation == Some(route.metadata.generation))
    };
    !parents.is_empty() && parents.iter().all(resolved)
}
