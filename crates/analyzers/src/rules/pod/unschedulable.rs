//! # Pod cannot be scheduled
//!
//! ## What it finds
//! A pod that no node can take: too little CPU, memory or another resource, labels that no node carries,
//! taints that it does not tolerate, claims that are not bound, ports that are taken; what the pod asks for
//! is set beside what the nodes have. Also a pod that no scheduler looks at.
//!
//! ## Why it matters
//! The pod stays Pending until the cluster or the pod changes; the scheduler tries again by itself.
//!
//! ## When it stays silent
//! For the first half minute, for five minutes while room is being made (an autoscaler brings a node, pods
//! are going), for pods with scheduling gates (`pod/scheduling-gated`), and for pods being deleted.
//!
//! ## What to do
//! Lower the request or add a node that satisfies it; label a node or correct `nodeSelector`; add a
//! toleration; bind the claim.

use crate::containers::{age, describe};
use crate::scheduling::{Reason, help_is_coming, in_words, is_beside_the_point, reasons, unbound_claims};
use crate::unplaced::explain;
use crate::{Findings, Rule, Severity, Source, words};
use view::{Condition, Kind, Object, Pod, View};

/// The rule `pod/unschedulable`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Node, Kind::PersistentVolumeClaim, Kind::PersistentVolume, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Younger pods (seconds) may just be waiting for others to go.
const GRACE_SECONDS: i64 = 30;
/// After this time (seconds) some scheduler should have said something.
const IGNORED_SECONDS: i64 = 120;
/// Time (seconds) that a provisioner may take for the claims of a pod that has its node.
const BINDING_SECONDS: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    let waits =
        |pod: &Pod| pod.should_run() && pod.spec.node_name.is_empty() && pod.spec.scheduling_gates.is_empty();
    let chosen = |pod: &Pod| !pod.status.nominated_node_name.is_empty();
    let stands = |pod: &Pod, said: &Condition| {
        said.is_false() && said.reason != "SchedulingGated" && !help_is_coming(view, pod, &said.message)
    };
    for pod in view.pods.iter().filter(|pod| waits(pod)) {
        let old = |seconds| age(view, pod).is_none_or(|age| age >= seconds);
        match view::condition(&pod.status.conditions, "PodScheduled") {
            Some(said) if old(GRACE_SECONDS) && stands(pod, said) => report(view, pod, said, out),
            None if chosen(pod) && old(BINDING_SECONDS) => binding(view, pod, out),
            None if !chosen(pod) && pod.metadata.creation_timestamp.is_some() && old(IGNORED_SECONDS) => {
                ignored(pod, out);
            }
            _ => {}
        }
    }
}

fn report(view: &View, pod: &Pod, said: &Condition, out: &mut Findings) {
    let all = reasons(&said.message);
    let telling: Vec<Reason<'_>> =
        all.iter().filter(|reason| !is_beside_the_point(view, pod, reason.text)).cloned().collect();
    let reasons = if telling.is_empty() { all } else { telling };
    let mut told: Vec<String> = reasons.iter().map(|reason| in_words(view, pod, reason)).collect();
    told.dedup();
    let told = if told.is_empty() { said.reason.to_string() } else { told.join("; ") };
    let finding = out.on(pod.reference(), format!("cannot be scheduled: {told}"));
    finding.brief("pending").proof(Source::Status, format!("{}: {}", said.reason, said.message));
    finding.same(reasons.iter().map(|reason| reason.text).collect::<Vec<_>>().join(", "));
    for reason in &reasons {
        explain(view, pod, reason, finding);
    }
    if finding.fix.is_empty() {
        finding.fix(format!("change the pod or its nodes so that this no longer holds: {told}"));
    }
    finding.because_all(crate::eks::short_for(view, pod, &said.message));
    finding.command(describe(pod)).command("kubectl describe nodes");
}

/// The scheduler has chosen a node and waits until the claims have their volumes there.
fn binding(view: &View, pod: &Pod, out: &mut Findings) {
    let claims = unbound_claims(view, pod);
    if claims.is_empty() {
        return;
    }
    let (node, names) = (&pod.status.nominated_node_name, words::join_some(&claims, 3));
    let finding = out.on(pod.reference(), format!("is not bound to node {node} yet: it waits for {names}"));
    finding.brief("pending").field("spec.volumes").because_all(claims).command(describe(pod));
    finding.proof(Source::Status, format!("nominatedNodeName: {node}"));
    finding.fix(format!("get {names} bound: its events tell what its provisioner says"));
}

fn ignored(pod: &Pod, out: &mut Findings) {
    let named = Some(pod.spec.scheduler_name.as_str()).filter(|name| !name.is_empty());
    let name = named.unwrap_or("default-scheduler");
    let finding =
        out.on(pod.reference(), format!("is ignored by every scheduler: its schedulerName is {name}"));
    finding.brief("pending").field("spec.schedulerName").proof(Source::Status, "no PodScheduled condition");
    finding.fix(match name {
        "default-scheduler" => "check that kube-scheduler runs and holds its lease".to_owned(),
        _ => format!("run the scheduler {name}, or correct spec.schedulerName"),
    });
    finding.command(describe(pod));
}
