//! # Pods of a Service are not ready
//!
//! ## What it finds
//! A Service whose selector matches pods of which none is ready (it has no endpoint to send to), or, as a
//! warning, some are not ready although they had their time.
//!
//! ## Why it matters
//! Without a ready pod every connection fails; with some, the others carry the load.
//!
//! ## When it stays silent
//! While pods are within the time their probes give them, for Services that publish addresses that are not
//! ready, younger than two minutes, without selector or of type ExternalName, and when pods or
//! EndpointSlices could not be read.
//!
//! ## What to do
//! Repair the pods that are named: the Service itself is in order.

use crate::endpoints::{Backing, Endpoints, Fault};
use crate::{Findings, Rule, Severity, Source, readiness, words};
use std::sync::Arc;
use view::{Kind, Object, Pod, Service, View};

/// The rule `service/not-ready`.
pub static RULE: Rule = Rule {
    needs: &[
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
    for service in view.services.iter() {
        if let Some(Fault::NotReady(pods)) = endpoints.fault(service) {
            let says = format!("has no ready endpoint: {}", readiness::states(&pods));
            report(view, service, &says, "no ready endpoint", &pods, out);
        } else if let Backing::Ready(laggards) = endpoints.backing(service)
            && !laggards.is_empty()
        {
            let says = format!("has endpoints that are not ready: {}", readiness::states(&laggards));
            let brief = format!("{} not ready", words::count(laggards.len(), "endpoint"));
            report(view, service, &says, &brief, &laggards, out);
            if let Some(finding) = out.last() {
                finding.severity(Severity::Warning);
            }
        }
    }
}

fn report(view: &View, service: &Service, says: &str, brief: &str, pods: &[&Arc<Pod>], out: &mut Findings) {
    let namespace = &service.metadata.namespace;
    let finding = out.on(service.reference(), says);
    let names = words::join_some(pods.iter().map(|pod| pod.metadata.name.as_str()), 3);
    finding
        .brief(brief)
        .field("spec.selector")
        .proof(Source::Status, format!("not ready: {names}"))
        .because_all(readiness::references(pods))
        .because_all(pods.iter().map(|pod| view.top_owner(&pod.reference(), &pod.metadata)));
    if let Some(pod) = pods.first() {
        finding.fix(format!("repair Pod {namespace}/{} ({})", pod.metadata.name, readiness::state(pod)));
    }
    finding.command(format!("kubectl -n {namespace} get pods -l {}", service.spec.selector.to_selector()));
}
