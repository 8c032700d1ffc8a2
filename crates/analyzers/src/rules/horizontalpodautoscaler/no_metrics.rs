//! # Autoscaler gets no metrics
//!
//! ## What it finds
//! A HorizontalPodAutoscaler whose condition `ScalingActive` is False because a metric cannot be had: the API for
//! it is not served or does not answer, the metric is unknown, the pods are not ready or have none yet.
//!
//! ## Why it matters
//! It does not scale: load is not followed, up or down.
//!
//! ## When it stays silent
//! For targets that are scaled to zero (`ScalingDisabled`), while pods are within the time their probes give them,
//! in the first minutes of pods, when no metrics of them can be there, and while it is being deleted.
//!
//! ## What to do
//! Follow the cause: the metrics server, the adapter and its rules, or the pods themselves.

use crate::autoscale::{
    MetricsApi, Scaled, Target, inactive, lasted, reference, scaled_object, tail, target,
};
use crate::{Findings, Rule, Severity, Source, readiness};
use view::{HorizontalPodAutoscaler, Kind, Object, ObjectRef, View};

/// The rule `horizontalpodautoscaler/no-metrics`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::HorizontalPodAutoscaler,
        Kind::APIService,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::Pod,
        Kind::Node,
        Kind::Event,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["horizontalpodautoscaler/missing-request", "horizontalpodautoscaler/ambiguous"],
    run,
};

/// Seconds in which the first metrics of new pods come.
const FIRST: i64 = 180;
/// Seconds for which a server may be restarted or a connection be lost.
const BLIP: i64 = 60;

/// Why, the objects behind it, and what to do.
type Why = (String, Vec<ObjectRef>, String);

fn run(view: &View, out: &mut Findings) {
    for hpa in view.horizontal_pod_autoscalers.iter() {
        let Some(said) = inactive(hpa).filter(|said| said.reason != "AmbiguousSelector") else { continue };
        let Some((why, because, fix)) = why(view, hpa, &said.message, lasted(view, said)) else { continue };
        let finding = out.on(hpa.reference(), format!("does not scale: {why}"));
        finding
            .brief("gets no metrics")
            .field("spec.metrics")
            .proof(Source::Status, format!("{}: {}", said.reason, said.message))
            .because_all(because)
            .fix(fix);
        if said.reason == "FailedGetExternalMetric" {
            finding.because_all(scaled_object(view, hpa));
        }
        let meta = &hpa.metadata;
        finding.command(format!("kubectl -n {} describe hpa {}", meta.namespace, meta.name));
    }
}

fn why(view: &View, hpa: &HorizontalPodAutoscaler, message: &str, seconds: i64) -> Option<Why> {
    if let Some((api, answer)) = MetricsApi::asked_in_vain(message) {
        return unanswered(view, api, answer, seconds);
    }
    let object = reference(&hpa.metadata.namespace, &hpa.spec.scale_target_ref);
    let scaled = match target(view, &hpa.metadata.namespace, &hpa.spec.scale_target_ref) {
        Target::Found(scaled) => Some(scaled),
        Target::Missing => return None,
        Target::Unknown => None,
    };
    let of_pods = ["did not receive metrics for", "no metrics returned from", "no pods returned by selector"];
    if of_pods.iter().any(|words| message.contains(words)) {
        return of_target(view, &object, scaled.as_ref(), message, seconds);
    }
    let fix = match message.contains("missing request for") {
        true => format!("give every container of {object} a request of the resource that is followed"),
        false => format!("correct what the condition names in spec.metrics or in {object}"),
    };
    (seconds > BLIP).then(|| (tail(message).to_owned(), Vec::new(), fix))
}

fn unanswered(view: &View, api: &'static MetricsApi, answer: &str, seconds: i64) -> Option<Why> {
    let (group, server) = (api.group, api.server);
    match api.service(view) {
        Some(Err(missing)) => {
            let why = format!("the metrics API {group} is not served");
            Some((why, vec![missing], format!("install {server}, which serves {group}")))
        }
        _ if seconds <= BLIP => None,
        Some(Ok(service)) => {
            let why = format!("the metrics API {group} answers: {answer}");
            let fix = format!("bring {server}, which serves {group}, to answer for this metric");
            Some((why, vec![service], fix))
        }
        None => {
            let why = format!("the metrics API {group} answers: {answer}");
            Some((why, Vec::new(), format!("look whether {server}, which serves {group}, runs")))
        }
    }
}

/// The metrics API works and knows nothing of these pods.
fn of_target(
    view: &View,
    object: &ObjectRef,
    scaled: Option<&Scaled<'_>>,
    message: &str,
    seconds: i64,
) -> Option<Why> {
    let Some(scaled) = scaled else {
        let fix = format!("look whether the pods of {object} are ready");
        return (seconds > FIRST).then(|| (tail(message).to_owned(), vec![object.clone()], fix));
    };
    let running: Vec<_> = scaled.pods.iter().copied().filter(|pod| pod.should_run()).collect();
    let stuck = readiness::stuck(view, running.iter().copied());
    let mut because = readiness::references(&stuck);
    because.push(object.clone());
    if !stuck.is_empty() {
        let why = format!("the pods of {object} have no metrics: {}", readiness::states(&stuck));
        return Some((why, because, format!("repair the pods of {object}: the autoscaler follows")));
    }
    let started = running.iter().filter(|pod| pod.is_ready()).filter_map(|pod| pod.status.start_time);
    let young = started.max().is_some_and(|at| view.now.seconds_since(at) < FIRST);
    let unready = !running.is_empty() && !running.iter().any(|pod| pod.is_ready());
    if seconds <= FIRST || young || unready || scaled.replicas == 0 {
        return None;
    }
    if running.is_empty() {
        return Some((format!("{object} has no pods"), because, format!("look at the events of {object}")));
    }
    let fix =
        format!("look whether metrics-server reaches the kubelets on the nodes of the pods of {object}");
    Some((format!("there are no metrics of the ready pods of {object}"), Vec::new(), fix))
}
