//! # Network policy keeps a client from resolving names
//!
//! ## What it finds
//! A workload that is told to call a Service by name, while the egress rules on its pods let port 53 pass to
//! none of the cluster's name servers.
//!
//! ## Why it matters
//! No name resolves: every connection by name fails before it begins, even those that the policy allows.
//!
//! ## When it stays silent
//! When any egress rule lets port 53 pass to the name servers or to some range of addresses, for pods that do
//! not use the cluster's DNS or name no Service, and where every node keeps a cache of names.
//!
//! ## What to do
//! Add an egress rule for port 53, UDP and TCP, to the pods with `k8s-app=kube-dns` of `kube-system`.

use crate::policy_words::{admitted, selected};
use crate::{Findings, Rule, Severity, Source, callers, netpol, words};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use view::{Kind, NetworkPolicy, Object, ObjectRef, View};

/// The rule `networkpolicy/blocks-dns`.
pub static RULE: Rule = Rule {
    needs: &[Kind::NetworkPolicy, Kind::Pod, Kind::Service, Kind::Namespace, Kind::ReplicaSet],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &["networkpolicy/blocks-client"],
    run,
};

#[derive(Default)]
struct ShutOff {
    owners: BTreeSet<ObjectRef>,
    calls: BTreeSet<String>,
    unready: bool,
}

fn run(view: &View, out: &mut Findings) {
    let mut by_policy: BTreeMap<ObjectRef, (&Arc<NetworkPolicy>, ShutOff)> = BTreeMap::new();
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        let Some(policies) = netpol::without_names(view, pod) else { continue };
        let owner = view.top_owner(&pod.reference(), &pod.metadata);
        let (_, shut_off) =
            by_policy.entry(policies[0].reference()).or_insert_with(|| (policies[0], ShutOff::default()));
        let calls = callers::calls(view, pod);
        shut_off.calls.extend(calls.iter().take(2).map(|call| format!("{owner}: {}", call.place)));
        shut_off.owners.insert(owner);
        shut_off.unready |= !pod.is_ready();
    }
    for (policy, shut_off) in by_policy.into_values() {
        report(policy, &shut_off, out);
    }
}

fn report(policy: &NetworkPolicy, shut_off: &ShutOff, out: &mut Findings) {
    let owners = words::join_some(&shut_off.owners, 3);
    let admitted = admitted(policy, netpol::Direction::Egress);
    let admitted = if admitted.is_empty() { "nothing" } else { &admitted };
    let says = format!(
        "keeps {owners} from resolving names: it lets {} reach {admitted}, and port 53 of the name servers is not in it",
        selected(policy)
    );
    let finding = out.on(policy.reference(), says);
    finding.brief(format!("no names for {owners}")).field("spec.egress");
    finding.proof(Source::Spec, format!("egress lets pass: {admitted}"));
    for call in shut_off.calls.iter().take(3) {
        finding.proof(Source::Spec, call);
    }
    if shut_off.unready {
        finding.severity(Severity::Error);
    }
    finding.hurts(&shut_off.owners);
    let path = policy.reference().path();
    finding.fix(format!(
        "add an egress rule to NetworkPolicy {path} for port 53, UDP and TCP, to pods with k8s-app=kube-dns of namespace kube-system"
    ));
    let meta = &policy.metadata;
    finding.command(format!("kubectl -n {} describe networkpolicy {}", meta.namespace, meta.name));
}
