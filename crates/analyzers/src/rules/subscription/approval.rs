//! # Subscription waits for approval
//!
//! ## What it finds
//! A Subscription with `installPlanApproval: Manual` whose next version somebody has to approve.
//!
//! ## Why it matters
//! Nothing is broken; the version that is installed stays until somebody approves the next one.
//!
//! ## When it stays silent
//! For five minutes, and for Subscriptions that install by themselves.
//!
//! ## What to do
//! Look at the InstallPlan that is named and approve it.

use crate::operators::{STEP, plan_of};
use crate::{Findings, Rule, Severity, Source, conditions};
use view::{InstallPlan, Kind, Object, Subscription, View};

/// The rule `subscription/approval`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Subscription, Kind::InstallPlan],
    severity: Severity::Info,
    since: "0.1.0",
    default: true,
    yields_to: &["subscription/not-installed"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for subscription in view.subscriptions.iter().filter(|s| s.metadata.deletion_timestamp.is_none()) {
        let (spec, status) = (&subscription.spec, &subscription.status);
        if status.state == "UpgradePending"
            && spec.install_plan_approval == "Manual"
            && waits(view, subscription)
        {
            report(subscription, out);
        }
    }
}

/// The plan waits for somebody: it says so itself, or where it cannot be read the Subscription does.
fn waits(view: &View, subscription: &Subscription) -> bool {
    let (meta, all) = (&subscription.metadata, &subscription.status.conditions);
    let told = conditions::raised(view, meta, all, "InstallPlanPending", STEP);
    let Some(plan) = plan_of(subscription) else { return false };
    match view.install_plans.get(&plan.namespace, &plan.name) {
        Some(plan) => needs_approval(view, plan),
        None => told.is_some_and(|told| told.reason == "RequiresApproval"),
    }
}

fn needs_approval(view: &View, plan: &InstallPlan) -> bool {
    let age = plan.metadata.creation_timestamp.map_or(i64::MAX, |at| view.now.seconds_since(at));
    plan.status.phase == "RequiresApproval" && !plan.spec.approved && age >= STEP
}

fn report(subscription: &Subscription, out: &mut Findings) {
    let Some(plan) = plan_of(subscription) else { return };
    let status = &subscription.status;
    let says = match status.installed_csv.as_str() {
        "" => format!("installs {} once {plan} is approved", status.current_csv),
        csv => format!("stays at {csv} until {plan} is approved, which brings {}", status.current_csv),
    };
    let finding = out.on(subscription.reference(), says);
    finding.brief("waits for approval").field("spec.installPlanApproval");
    finding.proof(Source::Spec, "installPlanApproval: Manual");
    finding.proof(Source::Status, format!("state UpgradePending, currentCSV {}", status.current_csv));
    let approve = format!(
        "kubectl -n {} patch installplan {} --type merge -p '{{\"spec\":{{\"approved\":true}}}}'",
        plan.namespace, plan.name
    );
    finding.fix(format!("approve it if this version is wanted: {approve}"));
    finding.because(plan);
}
