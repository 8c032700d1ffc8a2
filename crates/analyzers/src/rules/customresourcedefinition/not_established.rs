//! # Custom resource is not served
//!
//! ## What it finds
//! A CustomResourceDefinition whose names are not accepted because another definition of its group holds them, or
//! that is not established; as a warning, one whose schema is not structural.
//!
//! ## Why it matters
//! The API server does not serve the resource, or not under all its names: its controller cannot start, and
//! nobody can create objects of the kind.
//!
//! ## When it stays silent
//! In the first two minutes of the definition, and while it is being deleted.
//!
//! ## What to do
//! Delete or rename the definition that holds the names; two versions of one program often bring both.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Condition, CustomResourceDefinition, Kind, Object, View, condition};

/// The rule `customresourcedefinition/not-established`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CustomResourceDefinition],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which the API server takes a definition up.
const SETTLING: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    for crd in view.custom_resource_definitions.iter() {
        let young = crd.metadata.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < SETTLING);
        if young || crd.metadata.deletion_timestamp.is_some() {
            continue;
        }
        let of = |kind: &str| condition(&crd.status.conditions, kind);
        let established = of("Established").is_some_and(Condition::is_true);
        if let Some(names) = of("NamesAccepted").filter(|c| c.is_false()) {
            let severity = if established { Severity::Warning } else { Severity::Error };
            report(view, crd, names, "its names are not accepted", severity, out);
        } else if let Some(c) = of("Established").filter(|c| c.is_false()) {
            report(view, crd, c, "it is not established", Severity::Error, out);
        } else if let Some(c) = of("NonStructuralSchema").filter(|c| c.is_true()) {
            report(view, crd, c, "its schema is not structural", Severity::Warning, out);
        }
    }
}

fn report(
    view: &View,
    crd: &CustomResourceDefinition,
    cause: &Condition,
    state: &str,
    severity: Severity,
    out: &mut Findings,
) {
    let (kind, group) = (&crd.spec.names.kind, &crd.spec.group);
    let message = cause.message.trim_end_matches('.');
    let served = if severity == Severity::Error { "is not served" } else { "is not wholly in order" };
    let finding = out.on(crd.reference(), format!("{served}: {state}: {}: {message}", cause.reason));
    finding
        .severity(severity)
        .brief(state.trim_start_matches("it is ").trim_start_matches("its "))
        .proof(Source::Status, format!("{}={}, {}: {message}", cause.kind, cause.status, cause.reason));
    let rivals = view.custom_resource_definitions.iter().filter(|other| {
        let names = &other.spec.names;
        other.spec.group == *group && other.metadata.name != crd.metadata.name && names.kind == *kind
    });
    let rivals = words::join_some(rivals.map(|other| other.metadata.name.as_str()), 3);
    if cause.kind == "NamesAccepted" {
        finding
            .field("spec.names")
            .proof(Source::Spec, format!("names: kind {kind}, plural {}", crd.spec.names.plural));
    } else {
        finding.field("spec.versions.schema");
    }
    if !rivals.is_empty() {
        finding.proof(Source::Cluster, format!("{rivals} has kind {kind} of {group} too"));
    }
    let name = &crd.metadata.name;
    finding.fix(match (cause.kind.as_str(), rivals.is_empty()) {
        ("NamesAccepted", false) => format!("delete {rivals} or {name}, whichever is the leftover"),
        ("NamesAccepted", true) => {
            format!("change the name in CustomResourceDefinition {name} that is in use already")
        }
        ("NonStructuralSchema", _) => {
            format!("complete the schema of CustomResourceDefinition {name} as the message says")
        }
        _ => format!("correct what the API server names in CustomResourceDefinition {name}"),
    });
    finding.command(format!("kubectl describe crd {name}"));
}
