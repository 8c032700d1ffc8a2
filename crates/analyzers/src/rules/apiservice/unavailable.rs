//! # Aggregated API does not answer
//!
//! ## What it finds
//! An APIService whose condition `Available` has not been True for more than two minutes: its Service does not
//! exist, has no ready endpoint or not the port, or the server behind it does not answer.
//!
//! ## Why it matters
//! Nothing of that group can be read or written: without `metrics.k8s.io` autoscalers stand still. Deleting a
//! namespace waits for every group, and clients that list the groups are slow or fail.
//!
//! ## When it stays silent
//! For groups that the API server serves itself, for the first two minutes (its pods may be restarting), and
//! while the APIService is being deleted.
//!
//! ## What to do
//! Repair the server behind the Service. If it was removed for good, delete the APIService.

use crate::endpoints::Endpoints;
use crate::{Findings, Rule, Severity, Source, webhooks, words};
use view::{APIService, Condition, Kind, Lookup, Object, ObjectRef, Service, View, condition};

/// The rule `apiservice/unavailable`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::APIService,
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

/// Seconds for which it may be away.
const SETTLING: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    let endpoints = Endpoints::new(view);
    for api in view.api_services.iter().filter(|api| api.metadata.deletion_timestamp.is_none()) {
        let Some(available) = condition(&api.status.conditions, "Available") else { continue };
        let lasting = |at| view.now.seconds_since(at) > SETTLING;
        if !available.is_true() && available.last_transition_time.is_none_or(lasting) {
            report(view, &endpoints, api, available, out);
        }
    }
}

fn report(
    view: &View,
    endpoints: &Endpoints<'_>,
    api: &APIService,
    available: &Condition,
    out: &mut Findings,
) {
    let group = format!("{}/{}", api.spec.group, api.spec.version);
    let message = available.message.trim_end_matches('.');
    let target = api.spec.service.as_ref();
    let service = target.map(|at| ObjectRef::new("Service", at.namespace.clone(), at.name.clone()));
    let found = target.map(|at| view.lookup::<Service>(&at.namespace, &at.name));
    let why = match (&service, &found) {
        (Some(service), Some(Lookup::Missing)) => format!("{service} does not exist"),
        (Some(service), Some(Lookup::Found(found))) => match webhooks::unanswered(view, endpoints, found) {
            Some(why) => format!("{service} has no ready endpoint ({why})"),
            None => match (target.map(|at| at.port.unwrap_or(443)), &found.spec.ports) {
                (Some(port), ports) if !ports.iter().any(|p| p.port == port) => {
                    let there = words::join_some(ports.iter().map(|p| p.port), 5);
                    format!("{service} has no port {port}; its ports are {there}")
                }
                _ => format!("{}: {}", available.reason, answer(message)),
            },
        },
        _ => format!("{}: {}", available.reason, answer(message)),
    };
    let why_port = why.contains(" has no port ");
    let finding =
        out.on(api.reference(), format!("is not available, so that {group} does not answer: {why}"));
    finding
        .brief("not available")
        .field("spec.service")
        .proof(Source::Status, format!("Available={}, {}: {message}", available.status, available.reason));
    let name = &api.metadata.name;
    if let (Some(at), Some(service)) = (target, service) {
        finding.proof(Source::Spec, format!("service: {}:{}", service.path(), at.port.unwrap_or(443)));
        if matches!(found, Some(Lookup::Missing)) {
            let near = words::near(&at.name, view.services.names_in(&at.namespace));
            if !near.is_empty() {
                finding.proof(
                    Source::Cluster,
                    format!("near Services in {}: {}", at.namespace, near.join(", ")),
                );
            }
            finding.fix(format!(
                "install the server behind {service} again, or delete APIService {name} if it is a leftover"
            ));
        } else {
            let zero = match &found {
                Some(Lookup::Found(found)) => webhooks::scaled_down(view, found),
                _ => None,
            };
            finding.fix(match zero {
                Some(workload) => format!("scale {workload} up again, or delete APIService {name}"),
                None if why_port => {
                    format!("make spec.service.port of APIService {name} and the port of {service} agree")
                }
                None => format!("repair the pods behind {service}, which answer for {group}"),
            });
            finding.because(service);
        }
    } else {
        finding.fix(format!("find out why the API server does not serve {group}"));
    }
    finding.command(format!("kubectl describe apiservice {name}"));
}

/// What came back, without the addresses that were asked.
fn answer(message: &str) -> &str {
    let after = message.split_once("failing or missing response from ").map_or(message, |(_, rest)| rest);
    after.split_once("\": ").map_or(after, |(_, answer)| answer)
}
