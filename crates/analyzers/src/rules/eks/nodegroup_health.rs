//! # EKS node group has a health issue
//!
//! ## What it finds
//! Issues that EKS reports of a managed node group: instances that cannot be launched (quota, capacity,
//! subnets without addresses), instances that do not become nodes, an Auto Scaling group, launch template,
//! role or security group that was deleted. Several issues of one group are one finding, named by the one
//! that says most.
//!
//! ## Why it matters
//! The group cannot bring up, replace or update nodes: pods stay pending, and nothing inside the cluster
//! tells why.
//!
//! ## When it stays silent
//! When EKS reports no issue, while the group is being deleted, and when AWS could not be asked. As a
//! warning only where all nodes that the group should have are ready.
//!
//! ## What to do
//! Restore the resource that the issue names, or raise the limit that it meets.

use crate::{Findings, Rule, Severity, Source, eks, words};
use view::{EKSIssue, EKSNodegroup, Kind, Object, View};

/// The rule `eks/nodegroup-health`.
pub static RULE: Rule = Rule {
    needs: &[Kind::EKSCluster, Kind::EKSNodegroup, Kind::Node],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for group in view.eks_nodegroups.iter().filter(|group| group.status != "DELETING") {
        if let Some(issue) = eks::telling(group.issues()) {
            report(view, group, issue, out);
        }
    }
}

fn report(view: &View, group: &EKSNodegroup, issue: &EKSIssue, out: &mut Findings) {
    let finding = out.on(group.reference(), eks::says(issue));
    finding.brief(eks::name(issue)).field("health.issues").fix(eks::fix(issue, &group.node_role));
    let message = words::without_names(eks::core(&issue.message), &finding.object);
    finding.same(format!("{} {message}", issue.code));
    finding.because_all(eks::of_cluster(view, group, issue));
    if issue.code == eks::NOT_JOINED {
        finding.because_all(eks::unready(view, group));
    }
    for issue in group.issues() {
        let ids = eks::ids(issue);
        let of = if ids.is_empty() { String::new() } else { format!(" ({ids})") };
        finding.proof(Source::Status, format!("health issue {}: {}{of}", issue.code, issue.message));
    }
    if let (Some(nodes), Some(desired)) = (eks::nodes_of(view, group), group.desired_size()) {
        let ready = nodes.iter().filter(|node| !crate::containers::is_down(node)).count();
        finding.proof(Source::Cluster, format!("ready nodes: {ready} of {desired}"));
        if !eks::lacks_nodes(view, group) {
            finding.severity(Severity::Warning);
        }
    }
    finding.command(format!("{} --query nodegroup.health", eks::describe(group)));
}
