//! # EKS cluster has a health issue
//!
//! ## What it finds
//! Issues that EKS itself reports of the cluster: a VPC, subnet, security group, role or KMS key that was
//! deleted or disabled, subnets without free addresses, a version that is no longer supported.
//!
//! ## Why it matters
//! The control plane may still answer, but it cannot be updated, repaired or scaled, and with its KMS key
//! gone it cannot read its Secrets. Nothing inside the cluster shows this.
//!
//! ## When it stays silent
//! When EKS reports no issue, while the cluster is being deleted, and when AWS could not be asked.
//!
//! ## What to do
//! Restore the resource that the issue names. Some cannot be restored: the fix says so.

use crate::{Findings, Rule, Severity, Source, eks};
use view::{EKSCluster, Kind, Object, View};

/// The rule `eks/cluster-health`.
pub static RULE: Rule = Rule {
    needs: &[Kind::EKSCluster],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for cluster in view.eks_clusters.iter().filter(|cluster| cluster.status != "DELETING") {
        report(cluster, out);
    }
}

fn report(cluster: &EKSCluster, out: &mut Findings) {
    let name = &cluster.metadata.name;
    for issue in cluster.issues() {
        let finding = out.on(cluster.reference(), eks::says(issue));
        finding.brief(eks::name(issue)).field("health.issues").fix(eks::fix(issue, ""));
        finding.severity(severity(&issue.code));
        finding.proof(Source::Status, format!("health issue {}: {}", issue.code, issue.message));
        finding.command(format!("aws eks describe-cluster --name {name} --query cluster.health"));
    }
}

/// Without its key or its network a cluster is lost; other issues hurt at the next change.
fn severity(code: &str) -> Severity {
    match code {
        "ClusterUnreachable" | "VpcNotFound" => Severity::Critical,
        code if code.starts_with("Kms") => Severity::Critical,
        "UnsupportedVersion" | "InsufficientFreeAddresses" | "ResourceLimitExceeded" => Severity::Warning,
        _ => Severity::Error,
    }
}
