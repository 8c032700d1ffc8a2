//! # Network policy selects no pod, but nearly some
//!
//! ## What it finds
//! A NetworkPolicy whose `podSelector` matches no pod and no workload of its namespace, while pods there carry
//! labels that differ from it only in spelling.
//!
//! ## Why it matters
//! The policy does nothing: what it should deny passes, and what it should admit stays shut where another
//! policy denies it.
//!
//! ## When it stays silent
//! When nothing near is carried (the policy may be for pods that come and go), in namespaces without pods, for
//! selectors with expressions, when a workload without pods would match, and when pods could not be read.
//!
//! ## What to do
//! Make `podSelector` and the pods' labels agree.

use crate::{Findings, Rule, Severity, Source, netpol, words};
use view::{Kind, Object, View};

/// The rule `networkpolicy/no-pods`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::NetworkPolicy,
        Kind::Pod,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
    ],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for policy in view.network_policies.iter() {
        let Some(instead) = netpol::misses(view, policy) else { continue };
        let (selector, path) = (&policy.spec.pod_selector, policy.reference().path());
        let pairs = words::join_some(&instead.pairs, 3);
        let says = format!("selects no pod: podSelector {selector} matches none; pods here carry {pairs}");
        let finding = out.on(policy.reference(), says);
        finding
            .brief("selects no pod")
            .field("spec.podSelector")
            .proof(Source::Spec, format!("podSelector: {selector}"))
            .proof(Source::Cluster, format!("labels of pods in {}: {pairs}", policy.metadata.namespace))
            .fix(format!(
                "set {pairs} in the podSelector of NetworkPolicy {path}, or label the pods {selector}"
            ))
            .command(format!("kubectl -n {} get pods --show-labels", policy.metadata.namespace));
    }
}
