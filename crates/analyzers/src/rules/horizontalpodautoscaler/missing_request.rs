//! # Autoscaler's pods request nothing to count from
//!
//! ## What it finds
//! A HorizontalPodAutoscaler that follows the utilization of cpu or memory, a share of what containers request,
//! and containers of its pods that request nothing of it. Sidecars count, whoever added them.
//!
//! ## Why it matters
//! One container without a request is enough: no share can be counted, and the autoscaler stands still.
//!
//! ## When it stays silent
//! For metrics that are values and not shares, for external and custom metrics, where requests come from limits,
//! from a LimitRange or from the pod as a whole, and for targets that are scaled to zero or could not be read.
//!
//! ## What to do
//! Give every container a request of that resource, or let the metric name the one container that counts
//! (`type: ContainerResource`).

use crate::autoscale::{Target, inactive, scaled_object, target, without_request};
use crate::{Findings, Rule, Severity, Source, words};
use view::{HorizontalPodAutoscaler, Kind, Object, View};

/// The rule `horizontalpodautoscaler/missing-request`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::HorizontalPodAutoscaler,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::Pod,
        Kind::LimitRange,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for hpa in view.horizontal_pod_autoscalers.iter().filter(|hpa| hpa.metadata.deletion_timestamp.is_none())
    {
        let found = target(view, &hpa.metadata.namespace, &hpa.spec.scale_target_ref);
        let Target::Found(scaled) = found else { continue };
        if scaled.replicas == 0 {
            continue;
        }
        for (resource, container) in shares(hpa) {
            let lacking = without_request(view, &scaled, resource, container);
            let Some(first) = lacking.first() else { continue };
            let names = words::join_some(&lacking, 4);
            let containers = if lacking.len() == 1 { "container" } else { "containers" };
            let requests = if lacking.len() == 1 { "requests" } else { "request" };
            let object = &scaled.object;
            let says = format!(
                "cannot count {resource} utilization: {containers} {names} of {object} {requests} no {resource}"
            );
            let finding = out.on(hpa.reference(), says);
            finding
                .brief(format!("no {resource} request"))
                .field("spec.metrics")
                .proof(Source::Spec, format!("metric: {resource}, target a share of requests (Utilization)"))
                .because_all(scaled_object(view, hpa));
            match inactive(hpa).filter(|said| said.message.contains("missing request for")) {
                Some(said) => {
                    finding.proof(Source::Status, format!("{}: {}", said.reason, said.message));
                }
                // Another metric works, or another fault comes first.
                None => {
                    finding.severity(Severity::Warning);
                }
            }
            finding.fix(format!("set resources.requests.{resource} of {containers} {names} in {object}"));
            let amount = if resource == "cpu" { "100m" } else { "128Mi" };
            let (namespace, kind, name) = (&object.namespace, object.kind.to_lowercase(), &object.name);
            finding.command(format!(
                "kubectl -n {namespace} set resources {kind} {name} -c {first} --requests={resource}={amount}"
            ));
        }
    }
}

/// Resources whose utilization is followed, with the container where only one counts. Without metrics it is cpu.
fn shares(hpa: &HorizontalPodAutoscaler) -> Vec<(&str, &str)> {
    if hpa.spec.metrics.is_empty() {
        return vec![("cpu", "")];
    }
    let resources =
        hpa.spec.metrics.iter().filter_map(|m| m.resource.as_ref().or(m.container_resource.as_ref()));
    let shares =
        resources.filter(|r| r.target.average_utilization.is_some() || r.target.kind == "Utilization");
    shares.map(|r| (r.name.as_str(), r.container.as_str())).collect()
}
