//! # Operator is not installed
//!
//! ## What it finds
//! A ClusterServiceVersion in phase Failed, one that OLM installs over and over because it fails each time,
//! or one that stays in an intermediate phase for half an hour.
//!
//! ## Why it matters
//! The operator does not run: nobody acts on the objects that it manages.
//!
//! ## When it stays silent
//! For two minutes after a failure (OLM tries again), while it is being installed, replaced or deleted, and
//! for copies in other namespaces: only the original speaks.
//!
//! ## What to do
//! Repair the Deployment that is named, or the OperatorGroup of the namespace. OLM then goes on by itself.

use crate::{Findings, Rule, Severity, Source, operators, words};
use view::{ClusterServiceVersion, Deployment, Kind, Object, ObjectRef, PhaseChange, View};

/// The rule `clusterserviceversion/failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterServiceVersion, Kind::Deployment, Kind::OperatorGroup],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["clusterserviceversion/requirements"],
    run,
};

/// Seconds in which OLM tries again by itself.
const GRACE: i64 = 120;
/// Seconds of failing attempts after which the next one will fail too.
const RELAPSING: i64 = 600;
/// Seconds that an installation may take.
const LONG: i64 = 1800;

fn run(view: &View, out: &mut Findings) {
    for csv in view.cluster_service_versions.iter() {
        let status = &csv.status;
        if csv.is_copied() || csv.metadata.deletion_timestamp.is_some() {
            continue;
        }
        let since = status.last_transition_time.or(csv.metadata.creation_timestamp);
        let lasting = since.map_or(i64::MAX, |at| view.now.seconds_since(at));
        match status.phase.as_str() {
            "Failed" if lasting >= GRACE => {
                report(view, csv, "has failed", &now(csv), out);
            }
            "Failed" | "Pending" | "InstallReady" | "Installing" => {
                if let Some(failure) = relapse(view, csv) {
                    report(view, csv, "fails over and over", failure, out);
                } else if lasting >= LONG {
                    let state = format!("is {} for {}", status.phase, words::age(lasting));
                    report(view, csv, &state, &now(csv), out);
                }
            }
            _ => {}
        }
    }
}

/// The newest failure, when attempts have failed for long without one success in between.
fn relapse<'a>(view: &View, csv: &'a ClusterServiceVersion) -> Option<&'a PhaseChange> {
    let history = &csv.status.conditions;
    let start = history.iter().rposition(|change| change.phase == "Succeeded").map_or(0, |at| at + 1);
    let failures = || history[start..].iter().filter(|change| change.phase == "Failed");
    let first = failures().next()?.last_transition_time?;
    failures().next_back().filter(|_| view.now.seconds_since(first) >= RELAPSING)
}

/// The phase that it is in.
fn now(csv: &ClusterServiceVersion) -> PhaseChange {
    let (status, at) = (&csv.status, csv.status.last_transition_time);
    let (phase, reason, message) = (status.phase.clone(), status.reason.clone(), status.message.clone());
    PhaseChange { phase, reason, message, last_transition_time: at }
}

fn report(view: &View, csv: &ClusterServiceVersion, state: &str, fault: &PhaseChange, out: &mut Findings) {
    let PhaseChange { reason, message, .. } = fault;
    let (namespace, name) = (&csv.metadata.namespace, &csv.metadata.name);
    let why = if message.is_empty() { reason } else { message };
    let why = why.trim().trim_end_matches('.');
    let finding = out.on(csv.reference(), format!("{state}: {why}"));
    finding.brief(format!("phase {}", csv.status.phase)).field("status.phase");
    finding.proof(Source::Status, format!("phase {}, {reason}: {message}", fault.phase));
    let deployments = deployments(view, csv, reason, message);
    let groups = operators::namespace_at_fault(namespace, message);
    if reason == "UnsupportedOperatorGroup" {
        for group in view.operator_groups.in_namespace(namespace) {
            let targets = words::join_some(group.spec.target_namespaces.iter(), 5);
            let says = format!("OperatorGroup {}: targetNamespaces [{targets}]", group.metadata.name);
            finding.proof(Source::Spec, says);
        }
    }
    finding.fix(match (reason.as_str(), deployments.first()) {
        ("NoOperatorGroup", _) => format!("create an OperatorGroup in namespace {namespace}"),
        ("TooManyOperatorGroups", _) => format!("leave one OperatorGroup in namespace {namespace}"),
        ("UnsupportedOperatorGroup", _) => {
            format!(
                "let the OperatorGroup of namespace {namespace} select namespaces in a way that the operator supports"
            )
        }
        (_, Some(deployment)) => format!("repair {deployment}; OLM then goes on by itself"),
        (_, None) => format!("repair what the status of ClusterServiceVersion {namespace}/{name} names"),
    });
    finding.because_all(groups).because_all(deployments);
    finding.command(format!("kubectl -n {namespace} describe csv {name}"));
}

/// The operator's Deployments: those that the message names, else those that it owns.
fn deployments(view: &View, csv: &ClusterServiceVersion, reason: &str, message: &str) -> Vec<ObjectRef> {
    let of_reason = ["InstallCheckFailed", "ComponentUnhealthy", "InstallComponentFailed", "ComponentFailed"];
    let namespace = &csv.metadata.namespace;
    let mut named: Vec<ObjectRef> = message
        .split("eployment ")
        .skip(1)
        .filter_map(|rest| rest.split_whitespace().next())
        .map(|word| word.trim_matches(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|name| view.deployments.get(namespace, name).is_some())
        .map(|name| ObjectRef::new(Deployment::KIND.name(), namespace.clone(), name))
        .collect();
    named.dedup();
    let told = of_reason.contains(&reason) || message.to_lowercase().contains("deployment");
    if named.is_empty() && told {
        named.extend(view.deployments.owned_by(&csv.metadata.uid).map(|deployment| deployment.reference()));
    }
    named
}
