//! # Route sends to a Service that has no ready endpoint
//!
//! ## What it finds
//! A backend of an HTTPRoute whose Service exists and has no ready endpoint although it should have one.
//!
//! ## Why it matters
//! Its share of the requests is answered with an error (503 or 500).
//!
//! ## When it stays silent
//! For Services over workloads that are scaled to zero, without selector or just made, while their pods are
//! within the time that their probes give them, for backends of another kind or with weight 0, and when pods or
//! EndpointSlices could not be read.
//!
//! ## What to do
//! Repair the Service: the route is in order.

use crate::endpoints::{Endpoints, Fault};
use crate::{Findings, Rule, Severity, Source, readiness, routes, words};
use view::{Kind, Object, View};

/// The rule `httproute/backend-unavailable`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::HTTPRoute,
        Kind::Service,
        Kind::EndpointSlice,
        Kind::Pod,
        Kind::Event,
        Kind::Node,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let endpoints = Endpoints::new(view);
    for (route, backend) in routes::all(view) {
        let service = &backend.service;
        let Some(found) = view.services.get(&service.namespace, &service.name) else { continue };
        let Some(fault) = endpoints.fault(found) else { continue };
        let why = match fault {
            Fault::NotReady(pods) => readiness::states(&pods),
            Fault::NoPods(_) => "no pods".to_owned(),
        };
        let paths = words::join_some(&backend.routes, 3);
        let says = format!("sends {paths} to {service}, which has no ready endpoint: {why}");
        let finding = out.on(route.reference(), says);
        finding
            .brief(format!("{paths} unavailable"))
            .field("spec.rules.backendRefs.name")
            .proof(Source::Spec, format!("{paths} → {}", service.path()))
            .because(service.clone())
            .fix(format!("repair {service}: the route follows"));
    }
}
