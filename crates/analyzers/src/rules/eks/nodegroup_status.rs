//! # EKS node group is not active
//!
//! ## What it finds
//! A managed node group whose status in EKS is `CREATE_FAILED`, `DELETE_FAILED`, `DEGRADED`, or another one
//! that is neither active nor a change in progress.
//!
//! ## Why it matters
//! The group does not bring up or replace nodes, or is left behind half deleted.
//!
//! ## When it stays silent
//! For `ACTIVE`, for `CREATING`, `UPDATING` and `DELETING`, which are changes in progress, and for groups
//! scaled to zero that are active. For groups with health issues, which say more (`eks/nodegroup-health`).
//! When AWS could not be asked.
//!
//! ## What to do
//! Look at the health issues and the Auto Scaling group's activity; create a failed group anew.

use crate::{Findings, Rule, Severity, Source, eks};
use view::{Kind, Object, View};

/// The rule `eks/nodegroup-status`.
pub static RULE: Rule = Rule {
    needs: &[Kind::EKSNodegroup],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for group in view.eks_nodegroups.iter().filter(|group| group.issues().is_empty()) {
        let (name, status) = (&group.metadata.name, &group.status);
        let says = match status.as_str() {
            "" | "ACTIVE" | "CREATING" | "UPDATING" | "DELETING" => continue,
            "CREATE_FAILED" => "could not be created: its status in EKS is CREATE_FAILED".to_owned(),
            "DELETE_FAILED" => "could not be deleted: its status in EKS is DELETE_FAILED".to_owned(),
            other => format!("is not active: its status in EKS is {other}"),
        };
        let finding = out.on(group.reference(), says);
        finding.brief(status.to_string()).field("status").proof(Source::Status, format!("status: {status}"));
        finding.fix(match status.as_str() {
            "CREATE_FAILED" => format!("delete node group {name} and create it anew: EKS does not try again"),
            "DELETE_FAILED" => format!("remove what still uses node group {name}, and delete it again"),
            _ => format!("look at the activity of the Auto Scaling group of node group {name}"),
        });
        if status == "DELETE_FAILED" {
            finding.severity(Severity::Warning);
        }
        finding.command(eks::describe(group));
    }
}
