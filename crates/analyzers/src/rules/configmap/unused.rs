//! # ConfigMap that no pod and no workload refers to
//!
//! ## What it finds
//! A ConfigMap that neither a pod nor the template of any workload of its namespace refers to.
//!
//! ## Why it matters
//! It may be a leftover, or the sign of a wrong name elsewhere.
//!
//! ## When it stays silent
//! It speaks only when the filter ConfigMap is named. It passes over `kube-root-ca.crt`, the namespaces
//! `kube-*`, ConfigMaps that a controller owns or that Helm keeps its own data in, the labels
//! `grafana_dashboard`, `grafana_datasource`, `prometheus_rule`, `fluentd_config`, the label
//! `k8sgpt.ai/dynamically-loaded=true`, the annotation `k8sgpt.ai/skip-usage-check=true`, and namespaces
//! in which pods or workloads could not be read. Programs that read a ConfigMap through the API cannot be
//! seen: mark those with the annotation.
//!
//! ## What to do
//! Delete it when nobody needs it, or set the annotation.

use crate::{Findings, Rule, Severity, Source, usage};
use std::collections::{BTreeMap, BTreeSet};
use view::{ConfigMap, Kind, Object, Str, View, references};

/// The rule `configmap/unused`.
pub static RULE: Rule = Rule {
    needs: READ,
    severity: Severity::Info,
    since: "0.1.0",
    default: false,
    yields_to: &["configmap/empty"],
    run,
};

const READ: &[Kind] = &[
    Kind::ConfigMap,
    Kind::Pod,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::Job,
    Kind::CronJob,
];

fn run(view: &View, out: &mut Findings) {
    let mut used: BTreeMap<&str, BTreeSet<Str>> = BTreeMap::new();
    for map in view.config_maps.iter().filter(|map| usage::is_plain(map)) {
        let namespace = map.metadata.namespace.as_str();
        if READ.iter().any(|kind| !view.coverage.of(*kind, namespace).proves_absence()) {
            continue;
        }
        let names = used.entry(namespace).or_insert_with(|| used_in(view, namespace));
        if !names.contains(&map.metadata.name) {
            report(map, out);
        }
    }
}

fn report(map: &ConfigMap, out: &mut Findings) {
    let (namespace, name) = (&map.metadata.namespace, &map.metadata.name);
    let finding = out.on(map.reference(), "is referred to by no pod and no workload of its namespace");
    finding
        .brief("not referred to")
        .proof(
            Source::Cluster,
            format!("pods and workload templates in {namespace} name other ConfigMaps or none"),
        )
        .fix(format!(
            "delete it when nobody reads it through the API: kubectl -n {namespace} delete configmap {name}"
        ))
        .fix(format!(
            "or mark it: kubectl -n {namespace} annotate configmap {name} k8sgpt.ai/skip-usage-check=true"
        ));
}

/// Names of the ConfigMaps that a namespace's pods and templates refer to.
fn used_in(view: &View, namespace: &str) -> BTreeSet<Str> {
    let pods = view.pods.in_namespace(namespace).iter().map(|pod| &pod.spec);
    let all = pods.chain(usage::templates(view, namespace)).flat_map(|spec| references(spec, ""));
    all.filter(|reference| reference.kind == Kind::ConfigMap).map(|reference| reference.name).collect()
}
