//! # Route sends to a port that the Service does not have
//!
//! ## What it finds
//! A backend of an HTTPRoute whose Service exists without the port that the route names.
//!
//! ## Why it matters
//! Its share of the requests is answered with an error (500).
//!
//! ## When it stays silent
//! For backends of another kind, for Services of type ExternalName, for those with weight 0, and while the route
//! is being deleted.
//!
//! ## What to do
//! Name one of the Service's ports: `port`, not the `targetPort` of its pods.

use crate::{Findings, Rule, Severity, Source, routes, words};
use view::{Kind, Object, PortRef, View};

/// The rule `httproute/backend-port`.
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
        let Some(service) = view.services.get(&backend.service.namespace, &backend.service.name) else {
            continue;
        };
        let Some(port) = backend.reference.port.filter(|_| service.spec.kind != "ExternalName") else {
            continue;
        };
        if service.spec.ports.iter().any(|p| p.port == port) {
            continue;
        }
        let ports = service.spec.ports.iter().map(|p| match p.name.is_empty() {
            true => p.port.to_string(),
            false => format!("{} ({})", p.name, p.port),
        });
        let ports = words::join_some(ports, 5);
        let (name, paths) = (service.reference(), words::join_some(&backend.routes, 3));
        let says =
            format!("sends {paths} to port {port} of {name}, which has no such port; its ports are {ports}");
        let finding = out.on(route.reference(), says);
        finding
            .brief(format!("{name} has no port {port}"))
            .field("spec.rules.backendRefs.port")
            .proof(Source::Spec, format!("{paths} → {}:{port}", name.path()))
            .proof(Source::Cluster, format!("ports of {name}: {ports}"));
        let target = service.spec.ports.iter().find(|p| p.target_port == Some(PortRef::Number(port)));
        finding.fix(match target.or_else(|| service.spec.ports.first()) {
            Some(p) => format!("name port {} of {name} in HTTPRoute {}", p.port, route.reference().path()),
            None => format!("add port {port} to {name}"),
        });
    }
}
