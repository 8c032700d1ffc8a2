//! # Route sends to a Service that does not exist
//!
//! ## What it finds
//! A backend of an HTTPRoute that is a Service and does not exist, in the route's namespace or in the one that
//! the backend names.
//!
//! ## Why it matters
//! Its share of the requests is answered with an error (500).
//!
//! ## When it stays silent
//! For backends of another kind, for those with weight 0, when Services of that namespace could not be read, and
//! while the route is being deleted.
//!
//! ## What to do
//! Correct the name, or create the Service; a Service of another namespace needs `namespace` in the backend.

use crate::{Findings, Rule, Severity, Source, routes, words};
use view::{Kind, Object, Service, View};

/// The rule `httproute/backend-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HTTPRoute, Kind::Service],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for (route, backend) in routes::all(view) {
        let service = &backend.service;
        if !view.lookup::<Service>(&service.namespace, &service.name).is_missing() {
            continue;
        }
        let paths = words::join_some(&backend.routes, 3);
        let says = format!("sends {paths} to {service}, which does not exist");
        let finding = out.on(route.reference(), says);
        finding
            .brief(format!("{service} does not exist"))
            .field("spec.rules.backendRefs.name")
            .proof(Source::Spec, format!("{paths} → {}", service.path()));
        let there = words::join_some(view.services.names_in(&service.namespace), 8);
        let there = if there.is_empty() { "none" } else { &there };
        finding.proof(Source::Cluster, format!("Services in {}: {there}", service.namespace));
        let path = route.reference().path();
        let near = words::near(&service.name, view.services.names_in(&service.namespace));
        let elsewhere = view.services.iter().find(|other| other.metadata.name == service.name.as_str());
        if !near.is_empty() {
            finding.fix(format!(
                "set the backend of HTTPRoute {path} to {}, if that is what was meant",
                near.join(" or ")
            ));
        } else if let Some(other) =
            elsewhere.filter(|_| service.namespace == route.metadata.namespace.as_str())
        {
            let other = &other.metadata.namespace;
            finding.fix(format!(
                "set namespace {other} in the backend of HTTPRoute {path} (and add a ReferenceGrant there), if that Service is meant"
            ));
        }
        finding.fix(format!("create {service}, or remove it from HTTPRoute {path}"));
    }
}
