//! # No OperatorGroup in a namespace of operators
//!
//! ## What it finds
//! A namespace with a Subscription or an operator of its own (ClusterServiceVersion) and no OperatorGroup.
//!
//! ## Why it matters
//! An OperatorGroup says which namespaces the operators watch; without one OLM installs nothing.
//!
//! ## When it stays silent
//! For the first five minutes, for copies of operators from other namespaces, for namespaces being deleted,
//! and when OperatorGroups could not be read.
//!
//! ## What to do
//! Create an OperatorGroup in the namespace.

use crate::operators::STEP;
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use view::{Kind, Meta, Object, ObjectRef, OperatorGroup, View};

/// The rule `operatorgroup/missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::OperatorGroup, Kind::Subscription, Kind::ClusterServiceVersion, Kind::Namespace],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let settled = |meta: &Meta| {
        let age = meta.creation_timestamp.map_or(i64::MAX, |at| view.now.seconds_since(at));
        age >= STEP && meta.deletion_timestamp.is_none()
    };
    let mut needs: BTreeMap<&str, Vec<ObjectRef>> = BTreeMap::new();
    for subscription in view.subscriptions.iter().filter(|s| settled(&s.metadata)) {
        needs.entry(&subscription.metadata.namespace).or_default().push(subscription.reference());
    }
    for csv in view.cluster_service_versions.iter().filter(|c| settled(&c.metadata) && !c.is_copied()) {
        needs.entry(&csv.metadata.namespace).or_default().push(csv.reference());
    }
    for (namespace, by) in needs {
        let ending =
            view.namespaces.get("", namespace).is_some_and(|n| n.metadata.deletion_timestamp.is_some());
        let none = view.operator_groups.in_namespace(namespace).is_empty();
        if none && !ending && view.proves_absence::<OperatorGroup>(namespace) {
            report(namespace, &by, out);
        }
    }
}

fn report(namespace: &str, by: &[ObjectRef], out: &mut Findings) {
    let names = words::join_some(by, 3);
    let says = format!("has no OperatorGroup: OLM does not install {names}");
    let finding = out.on(ObjectRef::new("Namespace", "", namespace), says);
    finding.brief("no OperatorGroup").field("spec.targetNamespaces");
    finding.proof(Source::Cluster, format!("OperatorGroups in {namespace}: none"));
    finding.fix(format!(
        "create an OperatorGroup in namespace {namespace}, with spec.targetNamespaces [{namespace}] or none for all namespaces"
    ));
    finding.command(format!("kubectl -n {namespace} get operatorgroup,subscription,csv"));
}
