//! # Service sends to a port that no container declares
//!
//! ## What it finds
//! A Service port whose named `targetPort` is declared by no container of the pods that it selects (such a
//! port has no endpoint at all). As a warning: the only port of a Service goes to a number that no container
//! mentions, while they declare other ports.
//!
//! ## Why it matters
//! Pods and endpoints look healthy, and yet connections to this port are refused.
//!
//! ## When it stays silent
//! When one of the pods declares the port; for numbers, when containers declare no ports at all, or when a
//! probe, a command or an argument mentions the number; and for Services that select no pod.
//!
//! ## What to do
//! Make `targetPort` and the container's port name or number agree.

use crate::endpoints::matching;
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeSet;
use std::sync::Arc;
use view::{Container, Kind, Object, Pod, PortRef, Service, ServicePort, View};

/// The rule `service/port-mismatch`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Service, Kind::Pod],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let selecting = |s: &&Arc<Service>| !s.spec.selector.is_empty() && s.spec.kind != "ExternalName";
    for service in view.services.iter().filter(selecting) {
        let pods = matching(view, &service.metadata.namespace, &service.spec.selector);
        if pods.is_empty() {
            continue;
        }
        for port in &service.spec.ports {
            let target = port.target_port.clone().unwrap_or(PortRef::Number(port.port));
            let declared = |pod: &&Arc<Pod>| pod.spec.all_containers().any(|c| c.declares_port(&target));
            let wrong = match &target {
                PortRef::Name(_) => true,
                PortRef::Number(number) => service.spec.ports.len() == 1 && is_strange(&pods, *number),
            };
            if wrong && !pods.iter().any(declared) {
                report(service, port, &target, &pods, out);
            }
        }
    }
}

/// The containers declare ports, and none of them mentions this number anywhere.
fn is_strange(pods: &[&Arc<Pod>], number: i32) -> bool {
    let digits = number.to_string();
    let mentions = |c: &Container| {
        let probes = [&c.liveness_probe, &c.readiness_probe, &c.startup_probe];
        let probed = probes.into_iter().flatten().any(|p| p.port() == Some(PortRef::Number(number)));
        probed || c.command.iter().chain(&c.args).any(|word| word.contains(&digits))
    };
    // A sidecar may listen on ports that nobody declares: only single containers tell enough.
    pods.iter().all(|pod| {
        pod.spec.containers.len() == 1
            && pod.spec.containers.iter().all(|c| !c.ports.is_empty() && !mentions(c))
    })
}

fn report(service: &Service, port: &ServicePort, target: &PortRef, pods: &[&Arc<Pod>], out: &mut Findings) {
    let containers = pods.iter().flat_map(|pod| pod.spec.all_containers());
    let declared: BTreeSet<(i32, &str)> =
        containers.flat_map(|c| &c.ports).map(|p| (p.container_port, p.name.as_str())).collect();
    let shown = declared.iter().map(|(number, name)| match name.is_empty() {
        true => number.to_string(),
        false => format!("{name} ({number})"),
    });
    let shown = words::join_some(shown, 5);
    let there =
        if shown.is_empty() { "they declare none".to_owned() } else { format!("they declare {shown}") };
    let says = format!(
        "sends port {} to targetPort {target}, which no container of its pods declares; {there}",
        port.port
    );
    let finding = out.on(service.reference(), says);
    finding
        .brief(format!("targetPort {target} does not exist"))
        .field("spec.ports.targetPort")
        .proof(Source::Spec, format!("port {}: targetPort {target}", port.port));
    if !shown.is_empty() {
        let names = words::join_some(pods.iter().map(|pod| pod.metadata.name.as_str()), 2);
        finding.proof(Source::Cluster, format!("ports of {names}: {shown}"));
    }
    if matches!(target, PortRef::Number(_)) {
        finding.severity(Severity::Warning);
    }
    let path = service.reference().path();
    finding.fix(match declared.first() {
        Some((number, "")) => {
            format!("set targetPort of Service {path} to {number}, or declare port {target} in the container")
        }
        Some((_, name)) => {
            format!("set targetPort of Service {path} to {name}, or declare port {target} in the container")
        }
        None => format!(
            "declare port {target} in the container that listens on it, or give Service {path} the number"
        ),
    });
}
