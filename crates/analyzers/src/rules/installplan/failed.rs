//! # Installation failed
//!
//! ## What it finds
//! An InstallPlan in phase Failed, or one that does not get on because of what its condition `Installed`
//! names (no OperatorGroup, no service account), and that a Subscription still waits for.
//!
//! ## Why it matters
//! The operator or its new version is not there. A failed plan is not tried again by itself.
//!
//! ## When it stays silent
//! For plans that a newer one has replaced (OLM keeps them for the record), for ten minutes of work, and for
//! plans being deleted.
//!
//! ## What to do
//! Remove what the condition names, then delete the failed plan and the operator's ClusterServiceVersion, so
//! that OLM makes a new plan.

use crate::operators::{STEP, namespace_at_fault, waiting_for};
use crate::{Findings, Rule, Severity, Source, conditions, words};
use view::{Condition, InstallPlan, Kind, Object, ObjectRef, View};

/// The rule `installplan/failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::InstallPlan, Kind::Subscription],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for plan in view.install_plans.iter().filter(|plan| plan.metadata.deletion_timestamp.is_none()) {
        let unmet = || plan.status.conditions.iter().find(|condition| condition.is_false());
        let age = plan.metadata.creation_timestamp.map_or(i64::MAX, |at| view.now.seconds_since(at));
        let halted = matches!(plan.status.phase.as_str(), "Installing" | "Planning")
            && age >= 2 * STEP
            && (unmet().is_some() || !plan.status.message.is_empty());
        if (plan.status.phase == "Failed" || halted) && is_current(view, plan) {
            report(view, plan, unmet(), out);
        }
    }
}

/// A plan counts while a Subscription waits for it. Where no Subscription can be seen, the newest counts.
fn is_current(view: &View, plan: &InstallPlan) -> bool {
    let namespace = &plan.metadata.namespace;
    if !view.subscriptions.in_namespace(namespace).is_empty() {
        return !waiting_for(view, plan).is_empty();
    }
    let created = plan.metadata.creation_timestamp;
    !view
        .install_plans
        .in_namespace(namespace)
        .iter()
        .any(|other| other.metadata.creation_timestamp > created)
}

fn report(view: &View, plan: &InstallPlan, unmet: Option<&Condition>, out: &mut Findings) {
    let (namespace, name) = (&plan.metadata.namespace, &plan.metadata.name);
    let message = plan.status.message.trim().trim_end_matches('.');
    let why = match unmet.map(conditions::told) {
        Some(told) => told,
        None if !message.is_empty() => message.to_owned(),
        None => "its status does not say why".to_owned(),
    };
    let csvs = words::join_some(plan.spec.cluster_service_version_names.iter(), 3);
    let state = if plan.status.phase == "Failed" { "failed to install" } else { "cannot install" };
    let what = if csvs.is_empty() { "its operators".to_owned() } else { csvs };
    let finding = out.on(plan.reference(), format!("{state} {what}: {why}"));
    finding.brief(if plan.status.phase == "Failed" { "failed" } else { "does not get on" });
    finding.field("status.phase").same(why.clone());
    if let Some(unmet) = unmet {
        finding.proof(Source::Status, conditions::quoted(unmet));
    }
    finding.proof(Source::Status, format!("phase {} {message}", plan.status.phase));
    finding.because_all(namespace_at_fault(namespace, &why));
    finding.because_all(account(namespace, &why));
    finding.fix(format!("remove what the conditions of InstallPlan {namespace}/{name} name"));
    for subscription in waiting_for(view, plan).iter().take(2) {
        finding.fix(format!(
            "then let OLM plan anew for {}: kubectl -n {namespace} delete installplan {name}",
            subscription.reference()
        ));
    }
    finding.command(format!("kubectl -n {namespace} describe installplan {name}"));
}

/// The account in `please make sure the service account exists. sa=NAME operatorgroup=NS/NAME`.
fn account(namespace: &str, why: &str) -> Option<ObjectRef> {
    let (_, rest) = why.split_once("service account exists. sa=")?;
    let name = rest.split_whitespace().next()?;
    Some(ObjectRef::new("ServiceAccount", namespace, name))
}
