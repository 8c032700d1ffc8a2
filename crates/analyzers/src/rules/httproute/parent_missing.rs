//! # Route hangs on a Gateway that does not exist
//!
//! ## What it finds
//! An HTTPRoute one of whose parents is a Gateway that does not exist.
//!
//! ## Why it matters
//! Nobody serves the route through it: requests for its hostnames never reach its backends.
//!
//! ## When it stays silent
//! For parents of another kind (the Services of a mesh, sets of listeners), when Gateways of that namespace could
//! not be read, and while the route is being deleted.
//!
//! ## What to do
//! Correct the name or the namespace of the parent: without one it means the route's own namespace.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Gateway, HTTPRoute, Kind, Object, ObjectRef, View};

/// The rule `httproute/parent-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HTTPRoute, Kind::Gateway],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for route in view.http_routes.iter().filter(|r| r.metadata.deletion_timestamp.is_none()) {
        let mut told: Vec<ObjectRef> = Vec::new();
        for reference in route.spec.parent_refs.iter().filter(|reference| reference.is_gateway()) {
            let namespace = reference.namespace_or(&route.metadata.namespace);
            let gateway = ObjectRef::new("Gateway", namespace.clone(), reference.name.clone());
            if view.lookup::<Gateway>(namespace, &reference.name).is_missing() && !told.contains(&gateway) {
                report(view, route, &gateway, out);
                told.push(gateway);
            }
        }
    }
}

fn report(view: &View, route: &HTTPRoute, gateway: &ObjectRef, out: &mut Findings) {
    let (namespace, name) = (&gateway.namespace, &gateway.name);
    let elsewhere = view.gateways.iter().filter(|g| g.metadata.name == name.as_str());
    let elsewhere: Vec<String> = elsewhere.map(|g| g.reference().path()).collect();
    let near = words::near(name, view.gateways.names_in(namespace));
    let mut says = format!("hangs on {gateway}, which does not exist");
    if !elsewhere.is_empty() {
        says = format!("{says}; there is {}", words::join_some(&elsewhere, 3));
    }
    let finding = out.on(route.reference(), says);
    finding
        .brief(format!("{gateway} does not exist"))
        .field("spec.parentRefs")
        .proof(Source::Spec, format!("parentRefs: {}", gateway.path()));
    let all = words::join_some(view.gateways.iter().map(|g| g.reference().path()), 8);
    finding.proof(Source::Cluster, format!("Gateways here: {}", if all.is_empty() { "none" } else { &all }));
    let path = route.reference().path();
    finding.fix(match (elsewhere.first(), near.first()) {
        (Some(other), _) => {
            let other = other.split('/').next().unwrap_or_default();
            format!("set namespace {other} in the parentRefs of HTTPRoute {path}, if that Gateway is meant")
        }
        (None, Some(other)) => {
            format!("set name {other} in the parentRefs of HTTPRoute {path}, if that is what was meant")
        }
        (None, None) => format!("create {gateway}, or name another in the parentRefs of HTTPRoute {path}"),
    });
}
