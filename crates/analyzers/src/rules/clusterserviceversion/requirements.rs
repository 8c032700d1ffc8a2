//! # Operator's requirements are not met
//!
//! ## What it finds
//! A ClusterServiceVersion that is not installed because something it requires is not there: a type, an API
//! service, a newer Kubernetes, a service account or its permissions.
//!
//! ## Why it matters
//! OLM waits for it without end; the operator's Deployment is not made.
//!
//! ## When it stays silent
//! For two minutes (OLM makes accounts and permissions one after the other), for copies in other namespaces,
//! and for versions being replaced or deleted.
//!
//! ## What to do
//! Install what provides the missing type, or grant what is missing.

use crate::{Finding, Findings, Rule, Severity, Source, words};
use view::{ClusterServiceVersion, Kind, Object, ObjectRef, RequirementStatus, View};

/// The rule `clusterserviceversion/requirements`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterServiceVersion],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which OLM brings requirements about itself.
const GRACE: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    for csv in view.cluster_service_versions.iter() {
        let waits = csv.status.reason == "RequirementsNotMet"
            && matches!(csv.status.phase.as_str(), "Pending" | "Failed")
            && csv.metadata.deletion_timestamp.is_none();
        let since = csv.status.last_transition_time.or(csv.metadata.creation_timestamp);
        let late = since.is_none_or(|at| view.now.seconds_since(at) >= GRACE);
        let unmet: Vec<&RequirementStatus> =
            csv.status.requirement_status.iter().filter(|requirement| is_unmet(requirement)).collect();
        if waits && late && !unmet.is_empty() && !csv.is_copied() {
            report(csv, &unmet, out);
        }
    }
}

/// An operator that names no least version of Kubernetes gets an entry `NotPresent` that holds up nothing.
fn is_unmet(requirement: &RequirementStatus) -> bool {
    requirement.status != "Present" && !requirement.message.starts_with("CSV missing minimum kube version")
}

fn report(csv: &ClusterServiceVersion, unmet: &[&RequirementStatus], out: &mut Findings) {
    let namespace = &csv.metadata.namespace;
    let lacking = words::join_some(unmet.iter().map(|requirement| lack(requirement)), 3);
    let finding = out.on(csv.reference(), format!("cannot be installed: {lacking}"));
    finding.brief("requirements not met").field("status.requirementStatus");
    for requirement in unmet.iter().take(4) {
        let RequirementStatus { kind, name, status, message, .. } = requirement;
        finding.proof(Source::Status, format!("{kind} {name}: {status}: {message}"));
        for rule in rules(requirement).take(2) {
            finding.proof(Source::Status, format!("not granted to {kind} {name}: {rule}"));
        }
        if matches!(kind.as_str(), "ServiceAccount" | "CustomResourceDefinition") {
            let namespace = if *kind == "ServiceAccount" { namespace.as_str() } else { "" };
            finding.because(ObjectRef::new(kind.clone(), namespace, name.clone()));
        }
        remedy(namespace, requirement, finding);
    }
    finding.command(format!("kubectl -n {namespace} describe csv {}", csv.metadata.name));
}

/// The permissions that are not granted, as OLM writes them.
fn rules(requirement: &RequirementStatus) -> impl Iterator<Item = &str> {
    let unmet = requirement.dependents.iter().filter(|dependent| dependent.status == "NotSatisfied");
    unmet.map(|dependent| dependent.message.as_str())
}

/// What is lacking, in a few words.
fn lack(requirement: &RequirementStatus) -> String {
    let RequirementStatus { kind, name, status, message, .. } = requirement;
    match (kind.as_str(), status.as_str()) {
        ("ServiceAccount", "PresentNotSatisfied") => format!("ServiceAccount {name} lacks permissions"),
        ("ClusterServiceVersion", _) => message.to_string(),
        (_, "NotPresent") => format!("{kind} {name} does not exist"),
        (_, "PresentNotAvailable") => format!("{kind} {name} is not established"),
        _ if message.is_empty() => format!("{kind} {name} is {status}"),
        _ => format!("{kind} {name} is {status}: {message}"),
    }
}

fn remedy(namespace: &str, requirement: &RequirementStatus, finding: &mut Finding) {
    let RequirementStatus { kind, name, status, .. } = requirement;
    let step = match kind.as_str() {
        "CustomResourceDefinition" if status == "PresentNotAvailable" => {
            format!("read why it is not established: kubectl describe crd {name}")
        }
        "CustomResourceDefinition" => format!("install the operator that provides the type {name}"),
        "ServiceAccount" => {
            format!(
                "let OLM make ServiceAccount {namespace}/{name} with its roles anew, or grant what it lacks"
            )
        }
        "ClusterServiceVersion" => {
            "upgrade Kubernetes, or choose a version of the operator that runs on it".to_owned()
        }
        "APIService" => format!("install what serves {name}, and check that it is Available"),
        _ => format!("provide {kind} {name}"),
    };
    if !finding.fix.contains(&step) {
        finding.fix(step);
    }
}
