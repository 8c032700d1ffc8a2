//! # Warning about a Service
//!
//! ## What it finds
//! A warning event about the Service itself within the last hour, such as a load balancer that the cloud
//! refuses to make (SyncLoadBalancerFailed).
//!
//! ## Why it matters
//! The Service exists and looks right, and yet the address it should have, or change it asked for, is not
//! there.
//!
//! ## When it stays silent
//! When a later event says that it succeeded, for conflicts that the controllers solve by trying again, and
//! for events about other objects of the same name or about a deleted predecessor.
//!
//! ## What to do
//! Read the message: quota, annotations and subnets of the cloud are the usual causes.

use crate::{Findings, Rule, Severity, Source};
use std::collections::BTreeSet;
use view::{Event, Kind, Object, Service, View};

/// The rule `service/event`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Service, Kind::Event],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds after which an event tells of the past.
const RECENT: i64 = 3600;

/// Normal events after which earlier warnings are settled.
const SETTLED: &[&str] =
    &["EnsuredLoadBalancer", "UpdatedLoadBalancer", "DeletedLoadBalancer", "SuccessfullyReconciled", "Sync"];

fn run(view: &View, out: &mut Findings) {
    for service in view.services.iter().filter(|s| s.metadata.deletion_timestamp.is_none()) {
        let mut reasons = BTreeSet::new();
        for event in view.events_of("Service", &service.metadata) {
            let old = event.last_seen().is_some_and(|at| view.now.seconds_since(at) > RECENT);
            if old || SETTLED.contains(&event.reason.as_str()) {
                break;
            }
            if event.is_warning() && !is_passing(event) && reasons.insert(event.reason.clone()) {
                report(service, event, out);
            }
        }
    }
}

/// Controllers meet this whenever two of them write at once, and try again.
fn is_passing(event: &Event) -> bool {
    event.message.contains("the object has been modified")
        || (event.reason.starts_with("FailedToUpdateEndpoint") && event.times() < 5)
}

fn report(service: &Service, event: &Event, out: &mut Findings) {
    let (namespace, name) = (&service.metadata.namespace, &service.metadata.name);
    let finding = out.on(service.reference(), format!("has the warning {}: {}", event.reason, event.message));
    finding
        .brief(event.reason.to_string())
        .proof(Source::Event, format!("{}, {} times: {}", event.reason, event.times(), event.message));
    let without_address =
        service.spec.kind == "LoadBalancer" && service.status.load_balancer.ingress.is_empty();
    if without_address {
        finding.severity(Severity::Error).proof(Source::Status, "status.loadBalancer has no address");
    }
    finding
        .fix(format!("remove what the message names; the controller of Service {namespace}/{name} tries again by itself"))
        .command(format!("kubectl -n {namespace} describe service {name}"));
}
