//! # Cluster-scoped objects violate a policy
//!
//! ## What it finds
//! A policy that fails for objects outside namespaces, by the reports of a policy engine or scanner
//! (ClusterPolicyReport of wgpolicyk8s.io, ClusterReport of openreports.io): one finding a policy, as with
//! `policyreport/violation`.
//!
//! ## Why it matters
//! Namespaces, nodes, roles or the cluster itself are not as its owners want them to be.
//!
//! ## When it stays silent
//! For results `pass` and `skip`, and for reports being deleted.
//!
//! ## What to do
//! Change the objects as the rule asks, or except them in the policy.

use crate::policies::{self, Sheet};
use crate::{Findings, Rule, Severity};
use view::{Kind, View};

/// The rule `clusterpolicyreport/violation`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterPolicyReport, Kind::ClusterReport],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &["policyreport/violation"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let old = view.cluster_policy_reports.iter().map(|report| policies::sheet!(report));
    let new = view.cluster_reports.iter().map(|report| policies::sheet!(report));
    let sheets: Vec<Sheet<'_>> = old.chain(new).collect();
    policies::report(view, &sheets, out);
}
