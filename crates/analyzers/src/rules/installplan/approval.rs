//! # Installation waits for approval
//!
//! ## What it finds
//! An InstallPlan that somebody has to approve, and that a Subscription waits for.
//!
//! ## Why it matters
//! Nothing is broken; but neither this version nor any later one is installed before it is approved.
//!
//! ## When it stays silent
//! For plans younger than five minutes, approved ones, and those that no Subscription waits for.
//!
//! ## What to do
//! Look at what the plan installs and approve it, or set `installPlanApproval: Automatic`.

use crate::operators::{STEP, waiting_for};
use crate::{Findings, Rule, Severity, Source, words};
use view::{InstallPlan, Kind, Object, ObjectRef, View};

/// The rule `installplan/approval`.
pub static RULE: Rule = Rule {
    needs: &[Kind::InstallPlan, Kind::Subscription],
    severity: Severity::Info,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for plan in view.install_plans.iter().filter(|plan| plan.metadata.deletion_timestamp.is_none()) {
        let age = plan.metadata.creation_timestamp.map_or(i64::MAX, |at| view.now.seconds_since(at));
        let waits = plan.status.phase == "RequiresApproval" && !plan.spec.approved && age >= STEP;
        let known = !view.subscriptions.in_namespace(&plan.metadata.namespace).is_empty();
        let by = waiting_for(view, plan);
        if waits && plan.spec.approval != "Automatic" && (!known || !by.is_empty()) {
            report(plan, by.iter().map(|subscription| subscription.reference()).collect(), out);
        }
    }
}

fn report(plan: &InstallPlan, by: Vec<ObjectRef>, out: &mut Findings) {
    let (namespace, name) = (&plan.metadata.namespace, &plan.metadata.name);
    let csvs = words::join_some(plan.spec.cluster_service_version_names.iter(), 4);
    let what = if csvs.is_empty() { String::new() } else { format!(" to install {csvs}") };
    let finding = out.on(plan.reference(), format!("waits for approval{what}"));
    finding.brief("waits for approval").field("spec.approved");
    finding.proof(Source::Status, "phase RequiresApproval");
    finding.proof(Source::Spec, format!("approval: {}, approved: false", plan.spec.approval));
    if !by.is_empty() {
        finding.proof(Source::Cluster, format!("waiting: {}", words::join_some(by, 3)));
    }
    let approve = format!(
        "kubectl -n {namespace} patch installplan {name} --type merge -p '{{\"spec\":{{\"approved\":true}}}}'"
    );
    finding.fix(format!("approve it if this version is wanted: {approve}"));
}
