//! # Service account does not exist
//!
//! ## What it finds
//! A ServiceAccount that does not exist and that pods are refused for, or that the template of a workload
//! names which should have pods.
//!
//! ## Why it matters
//! The API server refuses to create a pod whose service account does not exist. Pods that run already go
//! on until their token ends or they are replaced.
//!
//! ## When it stays silent
//! For workloads scaled to zero, for the account `default` (its controller makes it), and when service
//! accounts could not be read and no refusal names one.
//!
//! ## What to do
//! Create the account with the roles it needs, or correct `serviceAccountName`.

use crate::{Findings, Rule, Severity, Source, refusal, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, PodSpec, ServiceAccount, Str, View};

/// The rule `serviceaccount/missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ServiceAccount, Kind::ReplicaSet, Kind::StatefulSet, Kind::DaemonSet, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

#[derive(Default)]
struct Need {
    by: BTreeSet<ObjectRef>,
    /// The API server's refusal.
    refusal: Option<(Source, Str)>,
}

fn run(view: &View, out: &mut Findings) {
    let mut needs: BTreeMap<(Str, Str), Need> = BTreeMap::new();
    for refused in refusal::all(view) {
        if let refusal::Reason::ServiceAccount { name, .. } = refusal::reason(&refused.message) {
            let key = (refused.object.namespace.clone(), Str::from(name));
            let need = needs.entry(key).or_default();
            need.by.insert(refused.object.clone());
            need.refusal = Some((refused.source, refused.message.clone()));
        }
    }
    for (object, spec) in templates(view) {
        let name = &spec.service_account_name;
        let missing = !name.is_empty()
            && name != "default"
            && view.lookup::<ServiceAccount>(&object.namespace, name).is_missing();
        if missing {
            needs.entry((object.namespace.clone(), name.clone())).or_default().by.insert(object);
        }
    }
    for ((namespace, name), need) in needs {
        if view.service_accounts.get(&namespace, &name).is_none() {
            report(view, &namespace, &name, need, out);
        }
    }
}

fn report(view: &View, namespace: &Str, name: &Str, need: Need, out: &mut Findings) {
    let owners: BTreeSet<ObjectRef> = need.by.iter().map(|by| view.top_owner_of(by)).collect();
    let verb = if owners.len() == 1 { "runs" } else { "run" };
    let object = ObjectRef::new("ServiceAccount", namespace.clone(), name.clone());
    let finding = out.on(object, format!("does not exist; {} {verb} under it", words::join_some(&owners, 3)));
    finding.brief("does not exist").hurts(&owners);
    match need.refusal {
        Some((source, message)) => finding.proof(source, &message),
        None => finding.severity(Severity::Warning),
    };
    for by in need.by.iter().take(3) {
        finding.proof(Source::Spec, format!("{by}: serviceAccountName {name}"));
    }
    let near = words::near(name, view.service_accounts.names_in(namespace));
    if !near.is_empty() {
        finding.proof(Source::Cluster, format!("near service accounts in {namespace}: {}", near.join(", ")));
        finding.fix(format!("set serviceAccountName to {}, if that is what was meant", near.join(" or ")));
    }
    finding.fix(format!("create it: kubectl -n {namespace} create serviceaccount {name}"));
}

/// Templates of workloads that should have pods.
fn templates(view: &View) -> impl Iterator<Item = (ObjectRef, &PodSpec)> {
    let sets = view.replica_sets.iter().filter(|s| s.spec.replicas.unwrap_or(1) > 0);
    let stateful = view.stateful_sets.iter().filter(|s| s.spec.replicas.unwrap_or(1) > 0);
    let daemons = view.daemon_sets.iter().filter(|s| s.status.desired_number_scheduled > 0);
    sets.map(|s| (s.reference(), &s.spec.template.spec))
        .chain(stateful.map(|s| (s.reference(), &s.spec.template.spec)))
        .chain(daemons.map(|s| (s.reference(), &s.spec.template.spec)))
}
