//! # Ingress sends to a Service that does not exist
//!
//! ## What it finds
//! A backend of an Ingress, of a path or the default one, whose Service does not exist.
//!
//! ## Why it matters
//! Requests to these hosts and paths are answered with 503 or 404.
//!
//! ## When it stays silent
//! For backends that are not Services, and when Services could not be read. A Service that several paths
//! name is told once.
//!
//! ## What to do
//! Correct the name, or create the Service in the namespace of the Ingress.

use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use view::{Ingress, Kind, Object, Service, View};

/// The rule `ingress/backend-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Ingress, Kind::Service],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for ingress in view.ingresses.iter().filter(|i| i.metadata.deletion_timestamp.is_none()) {
        let mut routes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (host, path, service) in ingress.backends() {
            if view.lookup::<Service>(&ingress.metadata.namespace, &service.name).is_missing() {
                routes.entry(&service.name).or_default().push(words::route(host, path));
            }
        }
        for (service, routes) in routes {
            report(view, ingress, service, &routes, out);
        }
    }
}

fn report(view: &View, ingress: &Ingress, service: &str, routes: &[String], out: &mut Findings) {
    let namespace = &ingress.metadata.namespace;
    let says = format!("sends {} to Service {service}, which does not exist", words::join_some(routes, 3));
    let finding = out.on(ingress.reference(), says);
    finding
        .brief(format!("Service {service} does not exist"))
        .field("spec.rules.http.paths.backend.service.name")
        .proof(Source::Spec, format!("{} → service {service}", words::join_some(routes, 5)));
    let near = words::near(service, view.services.names_in(namespace));
    let there = words::join_some(view.services.names_in(namespace), 8);
    finding.proof(
        Source::Cluster,
        format!("Services in {namespace}: {}", if there.is_empty() { "none" } else { &there }),
    );
    if !near.is_empty() {
        finding.fix(format!(
            "set the backend of Ingress {} to {}, if that is what was meant",
            ingress.metadata.name,
            near.join(" or ")
        ));
    }
    finding.fix(format!(
        "create Service {namespace}/{service}, or remove its paths from Ingress {}",
        ingress.metadata.name
    ));
}
