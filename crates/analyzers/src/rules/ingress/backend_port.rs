//! # Ingress sends to a port that the Service does not have
//!
//! ## What it finds
//! A backend whose Service exists and has no port of this number or name. An Ingress names the port of the
//! Service, not the one of the container.
//!
//! ## Why it matters
//! Requests to these hosts and paths are answered with 503.
//!
//! ## When it stays silent
//! For Services of type ExternalName, and for Services that do not exist (`ingress/backend-missing`).
//!
//! ## What to do
//! Name a port that the Service has.

use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use view::{Ingress, IngressServicePort, Kind, Object, Service, View};

/// The rule `ingress/backend-port`.
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
        let mut wrong: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
        for (host, path, backend) in ingress.backends() {
            let Some(service) = view.services.get(&ingress.metadata.namespace, &backend.name) else {
                continue;
            };
            if service.spec.kind != "ExternalName" && !has_port(service, &backend.port) {
                let key = (backend.name.as_str(), port_name(&backend.port));
                wrong.entry(key).or_default().push(words::route(host, path));
            }
        }
        for ((service, port), routes) in wrong {
            if let Some(service) = view.services.get(&ingress.metadata.namespace, service) {
                report(ingress, service, &port, &routes, out);
            }
        }
    }
}

fn has_port(service: &Service, wanted: &IngressServicePort) -> bool {
    let unnamed = wanted.name.is_empty();
    service.spec.ports.iter().any(|p| if unnamed { p.port == wanted.number } else { p.name == wanted.name })
}

fn port_name(port: &IngressServicePort) -> String {
    if port.name.is_empty() { port.number.to_string() } else { port.name.to_string() }
}

fn report(ingress: &Ingress, service: &Service, port: &str, routes: &[String], out: &mut Findings) {
    let name = &service.metadata.name;
    let ports = service.spec.ports.iter().map(|p| match p.name.is_empty() {
        true => p.port.to_string(),
        false => format!("{} ({})", p.name, p.port),
    });
    let ports = words::join_some(ports, 5);
    let says = format!(
        "sends {} to port {port} of Service {name}, which has no such port; its ports are {ports}",
        words::join_some(routes, 3)
    );
    let finding = out.on(ingress.reference(), says);
    finding
        .brief(format!("Service {name} has no port {port}"))
        .field("spec.rules.http.paths.backend.service.port")
        .proof(Source::Spec, format!("{} → {name}:{port}", words::join_some(routes, 5)))
        .proof(Source::Cluster, format!("ports of Service {name}: {ports}"));
    let is_target =
        service.spec.ports.iter().find(|p| p.target_port.as_ref().is_some_and(|t| t.to_string() == port));
    let right = is_target.or_else(|| service.spec.ports.first());
    finding.fix(match right {
        Some(p) => format!("name port {} of Service {name} in Ingress {}", p.port, ingress.metadata.name),
        None => format!("add port {port} to Service {name}"),
    });
}
