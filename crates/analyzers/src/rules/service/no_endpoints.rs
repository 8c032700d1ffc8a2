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

use crate::endpoints::{Endpoints, Fault, matching};
use crate::{Findings, Rule, Severity, Source, labels, words};
use view::{Kind, Map, Object, ObjectRef, Service, Str, View};

/// The rule `service/no-endpoints`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Service,
        Kind::EndpointSlice,
        Kind::Pod,
        Kind::Node,
        Kind::Event,
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
    let others = if rest.is_empty() { Vec::new() } else { matching(view, namespace, &rest) };
    if !others.is_empty() && wrong.iter().any(|(key, value)| labels::is_standby(key, value)) {
        return;
    }
    let whole = selector.to_selector();
    let pairs = if wrong.is_empty() { whole.clone() } else { joined(&wrong) };
    let instead = labels::instead(view, namespace, &wrong, &rest);
    let ended = labels::ended(view, namespace, selector);
    let told = match (&ended, instead.pairs.is_empty()) {
        (Some(phase), _) => format!("all pods with {whole} have ended ({phase})"),
        (None, true) if wrong.is_empty() => format!("no pod carries all of {pairs}, though each is carried"),
        (None, true) => format!("selector {pairs} matches no pod"),
        (None, false) => {
            format!(
                "selector {pairs} matches no pod; pods here carry {}",
                words::join_some(&instead.pairs, 3)
            )
        }
    };
    let finding = out.on(service.reference(), format!("has no endpoints: {told}"));
    finding.brief("no endpoints").field("spec.selector").proof(Source::Spec, format!("selector: {whole}"));
    if !instead.pairs.is_empty() {
        let all = words::join_some(&instead.pairs, 8);
        finding.proof(Source::Cluster, format!("labels of pods in {namespace}: {all}"));
    }
    let path = service.reference().path();
    finding.fix(match instead.pairs.first().filter(|_| instead.near) {
        Some(pair) => format!("set {pair} in the selector of Service {path} in place of {pairs}, or label the pods {pairs}"),
        None => format!("start pods with {whole}, correct the selector of Service {path}, or delete it if it is a leftover"),
    });
    finding.command(format!("kubectl -n {namespace} get pods --show-labels"));
}

fn joined(pairs: &[(&Str, &Str)]) -> String {
    pairs.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

fn anybody(view: &View, namespace: &str, key: &Str, value: &Str) -> bool {
    let label: Map = [(key.clone(), value.clone())].into_iter().collect();
    view.pods_labelled(namespace, &label).into_iter().any(|pod| pod.should_run())
}

fn without(selector: &Map, wrong: &[(&Str, &Str)]) -> Map {
    let right = selector.iter().filter(|pair| !wrong.contains(pair));
    right.map(|(key, value)| (key.clone(), value.clone())).collect()
}
