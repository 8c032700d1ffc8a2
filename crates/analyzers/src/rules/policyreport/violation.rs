//! # Objects violate a policy
//!
//! ## What it finds
//! A policy that fails for objects in namespaces, by the reports of a policy engine or scanner (PolicyReport
//! of wgpolicyk8s.io, Report of openreports.io): one finding a policy, with how many objects violate it, some
//! of them by name, and what its rules say. A source with more than thirty failing policies (a vulnerability
//! scanner has thousands) is told of as a whole.
//!
//! ## Why it matters
//! The objects run, but not as the cluster's owners want them to; once the policy is enforced, they can no
//! longer be created or changed.
//!
//! ## When it stays silent
//! For results `pass` and `skip`, and for reports being deleted. Nothing here is more than a warning: an
//! object that is refused is told of by what should have made it.
//!
//! ## What to do
//! Change the objects as the rule asks, or except them in the policy.

use crate::policies::{self, Sheet};
use crate::{Findings, Rule, Severity};
use view::{Kind, View};

/// The rule `policyreport/violation`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PolicyReport, Kind::Report],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let old = view.policy_reports.iter().map(|report| policies::sheet!(report));
    let new = view.reports.iter().map(|report| policies::sheet!(report));
    let sheets: Vec<Sheet<'_>> = old.chain(new).collect();
    policies::report(view, &sheets, out);
}
