//! # Headless Service of a StatefulSet does not exist
//!
//! ## What it finds
//! A StatefulSet whose `serviceName` names a Service that does not exist, while pods of it have started
//! and do not become ready.
//!
//! ## Why it matters
//! Without that Service, pods have no DNS names of their own (`web-0.web.prod.svc`). Members that look for
//! each other by name do not find each other, and often fail their start for that.
//!
//! ## When it stays silent
//! For sets whose pods are ready (many never use these names), for sets without `serviceName`, for pods
//! that have not started for another reason, and when Services could not be read.
//!
//! ## What to do
//! Create the headless Service (`clusterIP: None`) with the set's selector, or correct `serviceName`; that
//! field cannot be changed in place, the set has to be created again.

use crate::{Findings, Rule, Severity, Source, readiness, words};
use view::{Kind, Object, Pod, Service, StatefulSet, View};

/// The rule `statefulset/service-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::StatefulSet, Kind::Service, Kind::Pod, Kind::Node, Kind::Event],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for set in view.stateful_sets.iter() {
        let (namespace, service) = (&set.metadata.namespace, &set.spec.service_name);
        let failing =
            set.status.ready_replicas < set.spec.replicas.unwrap_or(1) && started_in_vain(view, set);
        if service.is_empty() || !failing || !view.lookup::<Service>(namespace, service).is_missing() {
            continue;
        }
        let says = format!(
            "names Service {service} in serviceName, which does not exist: its pods have no DNS names"
        );
        let finding = out.on(set.reference(), says);
        finding.brief(format!("Service {service} does not exist")).field("spec.serviceName");
        finding.proof(Source::Spec, format!("serviceName: {service}"));
        let near = words::near(service, view.services.names_in(namespace));
        if !near.is_empty() {
            finding.proof(Source::Cluster, format!("near Services in {namespace}: {}", near.join(", ")));
        }
        let selector = set.spec.selector.match_labels.to_selector();
        finding.fix(format!(
            "create the headless Service {namespace}/{service} (clusterIP: None) with selector {selector}"
        ));
        finding.command(format!("kubectl -n {namespace} get services"));
    }
}

/// A pod that runs or ran, and is not ready: one that might have looked for its peers.
fn started_in_vain(view: &View, set: &StatefulSet) -> bool {
    let started = |pod: &Pod| {
        pod.status.container_statuses.iter().any(|s| s.restart_count > 0 || s.state.running.is_some())
    };
    view.pods_of(&set.metadata.uid).any(|pod| readiness::is_stuck(view, pod) && started(pod))
}
