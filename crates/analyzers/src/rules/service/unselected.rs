//! # Service without selector leads nowhere
//!
//! ## What it finds
//! A Service without selector, whose endpoints somebody must write, and for which there are none; or whose
//! EndpointSlices name other ports than the Service does. Slices that look as if they were meant for it, and lack
//! the label that says so, are named.
//!
//! ## Why it matters
//! Connections to the Service, or to that port, are refused.
//!
//! ## When it stays silent
//! For Services of type ExternalName, headless ones, those without ports or with an owner, parents of routes of a
//! mesh, in the first ten minutes, and when EndpointSlices could not be read.
//!
//! ## What to do
//! Write an EndpointSlice with the label `kubernetes.io/service-name`, its ports named as in the Service; or give
//! the Service a selector.

use crate::endpoints::Endpoints;
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeSet;
use view::{EndpointSlice, HTTPRoute, Kind, Object, Service, ServicePort, View};

/// The rule `service/unselected`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Service, Kind::EndpointSlice, Kind::HTTPRoute],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which somebody may write the endpoints.
const SETTLING: i64 = 600;

fn run(view: &View, out: &mut Findings) {
    let endpoints = Endpoints::new(view);
    for service in view.services.iter().filter(|service| is_meant(view, service)) {
        let slices = endpoints.slices_of(service);
        if slices.iter().all(|slice| slice.endpoints.is_empty()) {
            nobody(view, service, out);
            continue;
        }
        let ports: BTreeSet<&str> =
            slices.iter().flat_map(|slice| &slice.ports).map(|port| port.name.as_str()).collect();
        let apart = service.spec.ports.iter().filter(|port| !ports.contains(port.name.as_str()));
        for port in apart {
            renamed(service, port, &ports, slices, out);
        }
    }
}

fn is_meant(view: &View, service: &Service) -> bool {
    let (meta, spec) = (&service.metadata, &service.spec);
    let young = meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < SETTLING);
    let of_mesh = |route: &HTTPRoute| {
        let mut parents = route.spec.parent_refs.iter();
        parents.any(|p| p.kind.as_ref().is_some_and(|k| *k == "Service") && p.name == meta.name.as_str())
    };
    spec.selector.is_empty()
        && spec.kind != "ExternalName"
        && spec.cluster_ip != "None"
        && !spec.ports.is_empty()
        && meta.owner_references.is_empty()
        && meta.deletion_timestamp.is_none()
        && (meta.namespace != "default" || meta.name != "kubernetes")
        && meta.annotations.get("control-plane.alpha.kubernetes.io/leader").is_none()
        && !young
        && view.proves_absence::<EndpointSlice>(&meta.namespace)
        && !view.http_routes.iter().any(|route| of_mesh(route))
}

fn nobody(view: &View, service: &Service, out: &mut Findings) {
    let (namespace, name) = (&service.metadata.namespace, &service.metadata.name);
    let loose = view.endpoint_slices.in_namespace(namespace).iter().filter(|slice| {
        let near = || words::near(name, [slice.metadata.name.as_str()]);
        slice.service_name().is_none() && (slice.metadata.name == name.as_str() || !near().is_empty())
    });
    let loose = words::join_some(loose.map(|slice| slice.metadata.name.as_str()), 3);
    let mut says = "has neither a selector nor endpoints".to_owned();
    if !loose.is_empty() {
        says = format!("{says}; EndpointSlice {loose} lacks the label kubernetes.io/service-name={name}");
    }
    let finding = out.on(service.reference(), says);
    finding.brief("no endpoints").field("spec.selector").proof(Source::Spec, "selector: none");
    finding.fix(match loose.is_empty() {
        true => format!("give Service {namespace}/{name} a selector, or write an EndpointSlice with the label kubernetes.io/service-name={name}"),
        false => format!("kubectl -n {namespace} label endpointslice {loose} kubernetes.io/service-name={name}"),
    });
    finding.command(format!("kubectl -n {namespace} get endpointslices --show-labels"));
}

fn renamed(
    service: &Service,
    port: &ServicePort,
    there: &BTreeSet<&str>,
    slices: &[&EndpointSlice],
    out: &mut Findings,
) {
    let named = |name: &str| if name.is_empty() { "without a name".to_owned() } else { name.to_owned() };
    let (own, others) = (named(&port.name), words::join_some(there.iter().map(|name| named(name)), 4));
    let others = if others.is_empty() { "no port".to_owned() } else { format!("port {others}") };
    let says =
        format!("has no endpoint for its port {} ({own}): its EndpointSlices name {others}", port.port);
    let names = words::join_some(slices.iter().map(|slice| slice.metadata.name.as_str()), 3);
    let finding = out.on(service.reference(), says);
    finding
        .brief(format!("no endpoint for port {}", port.port))
        .field("spec.ports.name")
        .proof(Source::Spec, format!("port {}: {own}", port.port))
        .proof(Source::Cluster, format!("EndpointSlice {names}: {others}"))
        .fix(format!(
            "name the port alike in Service {} and in EndpointSlice {names}",
            service.reference().path()
        ));
}
