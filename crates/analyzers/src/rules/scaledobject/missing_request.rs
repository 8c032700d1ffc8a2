//! # ScaledObject's pods request nothing to count from
//!
//! ## What it finds
//! A ScaledObject of KEDA with a `cpu` or `memory` trigger on utilization, a share of what containers request, and
//! containers of its target that request nothing of it.
//!
//! ## Why it matters
//! No share can be counted: the autoscaler that KEDA makes stands still.
//!
//! ## When it stays silent
//! For triggers of type `AverageValue` and all other triggers, where requests come from limits, from a LimitRange
//! or from the pod as a whole, while it is paused, and for targets that are scaled to zero or could not be read.
//!
//! ## What to do
//! Give every container a request of that resource, or let the trigger name the one that counts (`containerName`).

use crate::autoscale::{Target, is_paused, target, without_request};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, Trigger, View};

/// The rule `scaledobject/missing-request`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::ScaledObject,
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
    let live =
        view.scaled_objects.iter().filter(|s| s.metadata.deletion_timestamp.is_none() && !is_paused(s));
    for scaled_object in live {
        let namespace = &scaled_object.metadata.namespace;
        let found = target(view, namespace, &scaled_object.spec.scale_target_ref);
        let Target::Found(scaled) = found else { continue };
        if scaled.replicas == 0 {
            continue;
        }
        for trigger in scaled_object.spec.triggers.iter().filter(|trigger| is_share(trigger)) {
            let resource = trigger.kind.as_str();
            let only = trigger.metadata.get("containerName").map_or("", |name| name.as_str());
            let lacking = without_request(view, &scaled, resource, only);
            let Some(first) = lacking.first() else { continue };
            let names = words::join_some(&lacking, 4);
            let containers = if lacking.len() == 1 { "container" } else { "containers" };
            let requests = if lacking.len() == 1 { "requests" } else { "request" };
            let object = &scaled.object;
            let says = format!(
                "cannot count {resource} utilization: {containers} {names} of {object} {requests} no {resource}"
            );
            let finding = out.on(scaled_object.reference(), says);
            finding
                .brief(format!("no {resource} request"))
                .field("spec.triggers")
                .proof(Source::Spec, format!("trigger: {resource}, a share of requests (Utilization)"))
                .fix(format!("set resources.requests.{resource} of {containers} {names} in {object}"));
            let amount = if resource == "cpu" { "100m" } else { "128Mi" };
            let (kind, name) = (object.kind.to_lowercase(), &object.name);
            finding.command(format!(
                "kubectl -n {namespace} set resources {kind} {name} -c {first} --requests={resource}={amount}"
            ));
        }
    }
}

/// A trigger on a share of requests; the type stood in its metadata once.
fn is_share(trigger: &Trigger) -> bool {
    let old = trigger.metadata.get("type").map_or("Utilization", |kind| kind.as_str());
    let kind = if trigger.metric_type.is_empty() { old } else { trigger.metric_type.as_str() };
    matches!(trigger.kind.as_str(), "cpu" | "memory") && kind == "Utilization"
}
