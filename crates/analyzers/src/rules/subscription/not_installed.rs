//! # Subscription's installation failed
//!
//! ## What it finds
//! A Subscription whose InstallPlan failed or is gone, whose bundle could not be unpacked, whose upgrade
//! failed, or whose operator is in phase Failed.
//!
//! ## Why it matters
//! The operator, or the version that should replace it, does not run.
//!
//! ## When it stays silent
//! While an installation goes on, while an upgrade is merely available, for new Subscriptions without a
//! state, and for those being deleted.
//!
//! ## What to do
//! Repair what the InstallPlan or the operator names.

use crate::operators::{operator_of, plan_of};
use crate::{Findings, Rule, Severity, Source, conditions};
use view::{Kind, Meta, Object, ObjectRef, Subscription, View};

/// The rule `subscription/not-installed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Subscription, Kind::InstallPlan, Kind::ClusterServiceVersion, Kind::Job],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which OLM sets things right by itself.
const GRACE: i64 = 120;
/// Conditions that are True in the fault, the most telling first.
const FAULTS: [&str; 3] = ["InstallPlanFailed", "InstallPlanMissing", "BundleUnpackFailed"];

fn run(view: &View, out: &mut Findings) {
    for subscription in view.subscriptions.iter() {
        let (meta, status) = (&subscription.metadata, &subscription.status);
        if meta.deletion_timestamp.is_some() {
            continue;
        }
        let told =
            FAULTS.iter().find_map(|kind| conditions::raised(view, meta, &status.conditions, kind, GRACE));
        let csv = operator_of(view, subscription).filter(|csv| csv.status.phase == "Failed");
        let csv = csv.filter(|csv| {
            csv.status.last_transition_time.is_none_or(|at| view.now.seconds_since(at) >= GRACE)
        });
        let failed = status.state == "UpgradeFailed";
        let why = match (told, csv) {
            (Some(told), _) if told.kind == "InstallPlanMissing" => plan_of(subscription)
                .map_or_else(|| conditions::told(told), |plan| format!("{plan} does not exist")),
            (Some(told), _) => conditions::told(told),
            (None, Some(csv)) => format!("{} has failed ({})", csv.reference(), csv.status.reason),
            (None, None) if failed => "its state is UpgradeFailed".to_owned(),
            (None, None) => continue,
        };
        report(view, subscription, &why, out);
        if let (Some(told), Some(finding)) = (told, out.last()) {
            finding.proof(Source::Status, conditions::quoted(told));
            if told.kind == "BundleUnpackFailed" {
                finding.because_all(unpacking(view, subscription));
            }
        }
    }
}

/// The Jobs that unpack bundles; OLM runs them beside the catalog.
fn unpacking(view: &View, subscription: &Subscription) -> impl Iterator<Item = ObjectRef> {
    let jobs = view.jobs.in_namespace(&subscription.spec.source_namespace).iter();
    let label = |job: &Meta, key: &str| job.labels.get(key).is_some();
    jobs.filter(move |job| {
        label(&job.metadata, "olm.managed") || label(&job.metadata, "operatorframework.io/bundle-unpack-ref")
    })
    .map(|job| job.reference())
}

fn report(view: &View, subscription: &Subscription, why: &str, out: &mut Findings) {
    let (meta, status) = (&subscription.metadata, &subscription.status);
    let finding = match status.installed_csv.as_str() {
        csv if csv.is_empty() || csv == status.current_csv.as_str() => {
            out.on(subscription.reference(), format!("has not installed {}: {why}", subscription.spec.name))
        }
        csv => {
            let says = format!("stays at {csv}, {} is not installed: {why}", status.current_csv);
            out.on(subscription.reference(), says)
        }
    };
    finding.brief("not installed").field("status.conditions");
    finding.proof(
        Source::Status,
        format!(
            "state {:?}, currentCSV {:?}, installedCSV {:?}",
            status.state.as_str(),
            status.current_csv.as_str(),
            status.installed_csv.as_str()
        ),
    );
    let plan = plan_of(subscription);
    let csv = operator_of(view, subscription).map(Object::reference);
    let known = |plan: &ObjectRef| view.install_plans.get(&plan.namespace, &plan.name).is_some();
    finding.fix(match (&csv, &plan) {
        (Some(csv), _) => format!("repair {csv}"),
        (None, Some(plan)) if known(plan) => format!("repair what {plan} names"),
        _ => {
            let reference = subscription.reference();
            format!("when the cause is gone, delete and create {reference}, so that OLM plans anew")
        }
    });
    finding.because_all(csv).because_all(plan);
    finding.command(format!("kubectl -n {} describe subscription.operators {}", meta.namespace, meta.name));
}
