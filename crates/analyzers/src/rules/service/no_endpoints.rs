//! # Service selects no pod
//!
//! ## What it finds
//! A Service whose selector matches no pod of its namespace, although it should: the pair that no pod
//! carries is named, with what pods carry instead.
//!
//! ## Why it matters
//! Every connection to the Service is refused or times out.
//!
//! ## When it stays silent
//! For Services without selector, of type ExternalName, of leader election, younger than two minutes, over
//! workloads that are scaled to zero or run now and then (Jobs, CronJobs, DaemonSets that no node
//! matches), for selectors of a standby role (`role=replica`) when other pods carry the rest, and when pods
//! or EndpointSlices could not be read.
//!
//! ## What to do
//! Make the selector and the labels of the pods agree. If a workload is named, repair that: its pods are
//! missing.

use crate::endpoints::{Endpoints, Fault, matching, values_of};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeSet;
use view::{Kind, Map, Object, ObjectRef, Service, Str, View};

/// The rule `service/no-endpoints`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Service,
        Kind::EndpointSlice,
        Kind::Pod,
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
        match endpoints.fault(service) {
            Some(Fault::NoPods(workloads)) if workloads.is_empty() => mismatch(view, service, out),
            Some(Fault::NoPods(workloads)) => without_pods(service, workloads, out),
            _ => {}
        }
    }
}

/// The selector is right and its workload has no pods.
fn without_pods(service: &Service, workloads: Vec<ObjectRef>, out: &mut Findings) {
    let names = words::join_some(&workloads, 2);
    let selector = service.spec.selector.to_selector();
    let finding = out.on(service.reference(), format!("has no endpoints: {names} has no pods"));
    finding
        .brief("no endpoints")
        .field("spec.selector")
        .proof(Source::Spec, format!("selector {selector} matches the pod template of {names}"))
        .because_all(workloads)
        .fix(format!("repair {names}: the Service follows"));
}

fn mismatch(view: &View, service: &Service, out: &mut Findings) {
    let (namespace, selector) = (&service.metadata.namespace, &service.spec.selector);
    let wrong: Vec<(&Str, &Str)> =
        selector.iter().filter(|(key, value)| !anybody(view, namespace, key, value)).collect();
    let rest = without(selector, &wrong);
    if !rest.is_empty()
        && wrong.iter().any(|(key, value)| is_standby(key, value))
        && !matching(view, namespace, &rest).is_empty()
    {
        return;
    }
    let pairs = match wrong.is_empty() {
        true => selector.to_selector(),
        false => wrong.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(","),
    };
    let carried = carried(view, namespace, &wrong, &rest);
    let instead = match carried.is_empty() {
        true if wrong.is_empty() => "; pods carry each of its labels, none carries all".to_owned(),
        true => String::new(),
        false => format!("; pods here carry {}", words::join_some(&carried, 3)),
    };
    let finding =
        out.on(service.reference(), format!("has no endpoints: selector {pairs} matches no pod{instead}"));
    finding
        .brief("no endpoints")
        .field("spec.selector")
        .proof(Source::Spec, format!("selector: {}", selector.to_selector()));
    if !carried.is_empty() {
        finding.proof(
            Source::Cluster,
            format!("labels of pods in {namespace}: {}", words::join_some(&carried, 8)),
        );
    }
    finding.fix(match carried.first() {
        Some(pair) => format!(
            "set the selector of Service {namespace}/{} to {pair}, or label the pods {pairs}",
            service.metadata.name
        ),
        None => {
            format!("deploy pods with {}, or delete the Service if it is a leftover", selector.to_selector())
        }
    });
    finding.command(format!("kubectl -n {namespace} get pods --show-labels"));
}

fn anybody(view: &View, namespace: &str, key: &str, value: &str) -> bool {
    values_of(view, namespace, key).iter().any(|carried| *carried.as_str() == *value)
}

fn without(selector: &Map, wrong: &[(&Str, &Str)]) -> Map {
    let right = selector.iter().filter(|pair| !wrong.contains(pair));
    right.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// What pods carry under the keys of the wrong pairs: near values first; only those of pods that match the
/// rest of the selector, where there are such.
fn carried(view: &View, namespace: &str, wrong: &[(&Str, &Str)], rest: &Map) -> Vec<String> {
    let mut all = Vec::new();
    for (key, value) in wrong {
        let others = matching(view, namespace, rest);
        let among: BTreeSet<&str> =
            others.iter().filter_map(|p| p.metadata.labels.get(key)).map(Str::as_str).collect();
        let near = words::near(value, among.iter().copied());
        let far = among.iter().copied().filter(|v| !near.contains(v));
        all.extend(near.iter().copied().chain(far).map(|v| format!("{key}={v}")));
    }
    all
}

/// Operators keep a Service for standby members, which need not exist.
fn is_standby(key: &str, value: &str) -> bool {
    let role = key.to_lowercase().ends_with("role");
    role && matches!(
        value,
        "replica" | "replicas" | "secondary" | "slave" | "standby" | "follower" | "readonly"
    )
}
