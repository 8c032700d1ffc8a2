//! # Ingress sends to a Service without ready endpoint
//!
//! ## What it finds
//! A backend whose Service exists, should have a ready endpoint, and has none.
//!
//! ## Why it matters
//! Requests to these hosts and paths are answered with 503. The fault lies with the Service, its pods or
//! what they depend on.
//!
//! ## When it stays silent
//! Whenever `service/no-endpoints` and `service/not-ready` are silent about the Service.
//!
//! ## What to do
//! Repair what is named as the cause.

use crate::endpoints::{Endpoints, Fault};
use crate::{Findings, Rule, Severity, Source, readiness, words};
use std::collections::BTreeMap;
use view::{Kind, Object, View};

/// The rule `ingress/backend-unavailable`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Ingress,
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
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let endpoints = Endpoints::new(view);
    for ingress in view.ingresses.iter().filter(|i| i.metadata.deletion_timestamp.is_none()) {
        let mut routes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (host, path, service) in ingress.backends() {
            routes.entry(&service.name).or_default().push(words::route(host, path));
        }
        for (name, routes) in routes {
            let Some(service) = view.services.get(&ingress.metadata.namespace, name) else { continue };
            let Some(fault) = endpoints.fault(service) else { continue };
            let why = match fault {
                Fault::NotReady(pods) => readiness::states(&pods),
                Fault::NoPods(_) => "no pods".to_owned(),
            };
            let routes = words::join_some(routes, 3);
            let says = format!("sends {routes} to Service {name}, which has no ready endpoint: {why}");
            let finding = out.on(ingress.reference(), says);
            finding
                .brief(format!("{routes} unavailable"))
                .field("spec.rules.http.paths.backend.service.name")
                .proof(Source::Spec, format!("{routes} → service {name}"))
                .because(service.reference())
                .fix(format!("repair Service {}: the Ingress follows", service.reference().path()));
        }
    }
}
