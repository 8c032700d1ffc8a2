//! # EKS node group is too far from the version of its control plane
//!
//! ## What it finds
//! A managed node group whose Kubernetes version is so far behind the control plane that Kubernetes no
//! longer supports the pair (three minor versions, two for control planes before 1.28), or newer than it. A
//! group at that limit is told as information: the control plane cannot be updated before it.
//!
//! ## Why it matters
//! Beyond the limit kubelet and API server are not tested with each other; pods may fail in odd ways.
//!
//! ## When it stays silent
//! For groups within the limit, for groups and clusters that are being updated, created or deleted, for
//! groups scaled to zero, and for images of your own, whose version EKS does not know. When AWS could not be
//! asked.
//!
//! ## What to do
//! Update the node group; update node groups after each update of the control plane.

use crate::{Findings, Rule, Severity, Source};
use view::{EKSNodegroup, Kind, Object, View};

/// The rule `eks/nodegroup-version`.
pub static RULE: Rule = Rule {
    needs: &[Kind::EKSCluster, Kind::EKSNodegroup],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for group in view.eks_nodegroups.iter() {
        let cluster = view.eks_clusters.get("", &group.cluster_name);
        let Some(cluster) = cluster.filter(|cluster| cluster.status == "ACTIVE") else { continue };
        let settled = matches!(group.status.as_str(), "ACTIVE" | "DEGRADED");
        if !settled || group.ami_type == "CUSTOM" || group.desired_size() == Some(0) {
            continue;
        }
        if let (Some(here), Some(there)) = (minor(&group.version), minor(&cluster.version)) {
            judge(group, &cluster.version, here, there, out);
        }
    }
}

fn judge(group: &EKSNodegroup, control_plane: &str, here: i64, there: i64, out: &mut Findings) {
    let (name, version) = (&group.metadata.name, &group.version);
    // Since 1.28 a kubelet may be three minor versions older than its API server.
    let limit = if there >= 28 { 3 } else { 2 };
    let behind = there - here;
    let (says, severity) = if behind > limit {
        let says = format!(
            "runs Kubernetes {version}, {behind} minor versions behind its control plane {control_plane}: at most \
             {limit} are supported"
        );
        (says, Severity::Warning)
    } else if behind == limit {
        let says = format!(
            "runs Kubernetes {version}, {behind} minor versions behind its control plane {control_plane}: that is the \
             most that is supported, so the control plane cannot be updated before it"
        );
        (says, Severity::Info)
    } else if behind < 0 {
        let says = format!(
            "runs Kubernetes {version}, which is newer than its control plane {control_plane}: that is not supported"
        );
        (says, Severity::Warning)
    } else {
        return;
    };
    let finding = out.on(group.reference(), says);
    finding.brief(format!("{version} under {control_plane}")).field("version").severity(severity);
    finding.proof(Source::Spec, format!("version: {version}, control plane {control_plane}"));
    let cluster = &group.cluster_name;
    finding.fix(match behind < 0 {
        true => format!("update the control plane of {cluster} to {version}"),
        false => format!("update node group {name} to {control_plane}"),
    });
    finding.command(match behind < 0 {
        true => format!("aws eks update-cluster-version --name {cluster} --kubernetes-version {version}"),
        false => format!("aws eks update-nodegroup-version --cluster-name {cluster} --nodegroup-name {name}"),
    });
}

/// The minor version of `1.31`.
fn minor(version: &str) -> Option<i64> {
    version.strip_prefix("1.")?.split(['.', '-']).next()?.parse().ok()
}
