//! What explains that the scheduler finds no node for a pod, and what to do about it.

use crate::placement::{absent_spread_key, explain_node_labels, neighbours};
use crate::scheduling::{
    Reason, amount, is_about_volumes, largest, nodes_behind, requested, taints, unbound_claims,
};
use crate::{Finding, volume, words};
use view::{Pod, View};

/// Adds what explains a reason and what to do about it.
pub(crate) fn explain(view: &View, pod: &Pod, reason: &Reason<'_>, finding: &mut Finding) {
    let text = reason.text;
    if let Some(resource) = text.strip_prefix("Insufficient ") {
        finding.field("spec.containers.resources.requests");
        finding.fix(of_resource(view, pod, resource));
    } else if text.contains("node affinity/selector") {
        explain_node_labels(view, pod, finding);
    } else if let Some(taints) = taints(view, pod, text) {
        finding.because_all(nodes_behind(view, pod, text)).field("spec.tolerations");
        for taint in taints {
            finding.fix(match taint.starts_with("node.kubernetes.io/") {
                true => format!("repair the node with taint {taint}: the taint goes with its fault"),
                false => format!("add a toleration for taint {taint}, or remove it from a node"),
            });
        }
    } else if text.contains("were unschedulable") {
        finding.because_all(nodes_behind(view, pod, text));
        finding.fix("uncordon a node (`kubectl uncordon`), or add one");
    } else if text == "Too many pods" {
        finding.fix("add a node, or raise maxPods of the kubelets: the nodes run as many pods as they may");
    } else if text == "no nodes available to schedule pods" {
        finding.fix("let a node join the cluster");
    } else if volume::explain(view, pod, text, finding) {
    } else if is_about_volumes(text) {
        let claims = unbound_claims(view, pod);
        let names = words::join_some(claims.iter().map(|claim| claim.name.to_string()), 3);
        finding.because_all(claims).field("spec.volumes");
        let names = if names.is_empty() { "its claims".to_owned() } else { format!("claim {names}") };
        finding.fix(format!("get {names} bound on a node that can take the pod: look at its events"));
    } else if text.contains("free ports") {
        finding.fix("remove hostPort from the pod, or run fewer such pods than nodes");
    } else if let Some(key) = absent_spread_key(view, pod, text) {
        finding.field("spec.topologySpreadConstraints");
        finding.fix(format!("label the nodes with {key}, or correct topologyKey {key} of the pod"));
    } else if text.contains("pod affinity rules") {
        let beside = neighbours(pod, false);
        finding.field("spec.affinity.podAffinity");
        finding.fix(format!("start the pod that it wants to be with, or correct its podAffinity: {beside}"));
    } else if text.contains("anti-affinity") || text.contains("topology spread") {
        finding.fix("add a node, run fewer replicas, or make the rule preferred instead of required");
    }
}

/// Too little of a resource: by how much the largest node is too small, or that none has any.
fn of_resource(view: &View, pod: &Pod, resource: &str) -> String {
    let wanted = amount(resource, requested(pod, resource));
    if resource.contains('/') && largest(view, resource).is_none_or(|(_, most)| most == 0.0) {
        return format!(
            "add a node with {resource}, or install the device plugin that offers it on the nodes that have it"
        );
    }
    format!("lower the request of {wanted} {resource}, or add a node with that much free")
}
