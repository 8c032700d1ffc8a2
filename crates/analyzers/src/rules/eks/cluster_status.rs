//! # EKS cluster is not active
//!
//! ## What it finds
//! A cluster whose status in EKS is `FAILED`, or another one that is neither active nor a change in progress.
//!
//! ## Why it matters
//! A cluster that failed to be created never becomes usable, and it is paid for.
//!
//! ## When it stays silent
//! For `ACTIVE`, and for `CREATING`, `UPDATING`, `PENDING` and `DELETING`: these are changes in progress.
//! When AWS could not be asked.
//!
//! ## What to do
//! Look at the health issues of the cluster, remove their cause, delete it and create it anew.

use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `eks/cluster-status`.
pub static RULE: Rule = Rule {
    needs: &[Kind::EKSCluster],
    severity: Severity::Critical,
    since: "0.1.0",
    default: true,
    yields_to: &["eks/cluster-health"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for cluster in view.eks_clusters.iter() {
        let (name, status) = (&cluster.metadata.name, &cluster.status);
        let says = match status.as_str() {
            "" | "ACTIVE" | "CREATING" | "UPDATING" | "PENDING" | "DELETING" => continue,
            "FAILED" => "could not be created: its status in EKS is FAILED".to_owned(),
            other => format!("is not active: its status in EKS is {other}"),
        };
        let finding = out.on(cluster.reference(), says);
        finding.brief(status.to_string()).field("status").proof(Source::Status, format!("status: {status}"));
        finding.fix(match status.as_str() {
            "FAILED" => format!("delete the cluster {name} and create it anew: EKS does not try again"),
            _ => format!("look at the updates of cluster {name} in EKS, and at its health issues"),
        });
        finding.command(format!("aws eks describe-cluster --name {name}"));
        finding.command(format!("aws eks list-updates --name {name}"));
    }
}
