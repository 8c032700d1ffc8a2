//! # Subscription cannot be resolved
//!
//! ## What it finds
//! A Subscription for which OLM finds nothing to install: no such package, channel or version in the catalog,
//! a dependency that no catalog satisfies, two operators that provide the same type.
//!
//! ## Why it matters
//! OLM resolves a namespace as a whole: while one Subscription cannot be resolved, none in the namespace is
//! installed or updated.
//!
//! ## When it stays silent
//! For two minutes, for Subscriptions being deleted, and for a new Subscription that OLM has not seen.
//!
//! ## What to do
//! Correct package, channel or version of the Subscription that is named, or delete it.

use crate::operators::catalog_of;
use crate::{Findings, Rule, Severity, Source, conditions};
use view::{Condition, Kind, Object, ObjectRef, Subscription, View};

/// The rule `subscription/unresolved`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Subscription, Kind::CatalogSource],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["subscription/catalog"],
    run,
};

/// Seconds that a failed resolution may last while catalogs and Subscriptions are being set up.
const GRACE: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    for subscription in view.subscriptions.iter() {
        let (meta, all) = (&subscription.metadata, &subscription.status.conditions);
        if let Some(told) = conditions::raised(view, meta, all, "ResolutionFailed", GRACE) {
            report(view, subscription, told, out);
        }
    }
}

fn report(view: &View, subscription: &Subscription, told: &Condition, out: &mut Findings) {
    let (meta, spec) = (&subscription.metadata, &subscription.spec);
    let installed = &subscription.status.installed_csv;
    let state = match installed.as_str() {
        "" => format!("cannot install {}", spec.name),
        csv => format!("gets no updates for {csv}"),
    };
    let message = conditions::told(told);
    let why = message.split_once("constraints not satisfiable: ").map_or(message.as_str(), |(_, why)| why);
    let own = own_part(why, &meta.name);
    let finding = out.on(subscription.reference(), format!("{state}: {}", own.unwrap_or(why)));
    finding.brief(if installed.is_empty() { "cannot be installed" } else { "gets no updates" });
    finding.field("spec.channel");
    if !installed.is_empty() {
        finding.severity(Severity::Warning);
    }
    finding.proof(Source::Status, conditions::quoted(told));
    finding.proof(
        Source::Spec,
        format!("name: {}, channel: {}, source: {}", spec.name, spec.channel, spec.source),
    );
    if !spec.starting_csv.is_empty() {
        finding.proof(Source::Spec, format!("startingCSV: {}", spec.starting_csv));
    }
    let culprits = if own.is_some() { Vec::new() } else { culprits(view, subscription, why) };
    let reference = subscription.reference();
    finding.fix(match culprits.first() {
        Some(other) => {
            format!("correct or delete {other}: it holds up every Subscription in {}", meta.namespace)
        }
        None if own.is_some() => {
            format!(
                "correct package, channel or startingCSV of {reference} to what CatalogSource {} holds",
                spec.source
            )
        }
        None => format!("remove what the condition of {reference} names"),
    });
    finding.because_all(culprits).because(catalog_of(subscription));
    let named = view.catalog_sources.iter().filter(|source| why.contains(source.metadata.name.as_str()));
    finding.because_all(named.map(|source| source.reference()));
    finding.command(format!(
        "kubectl -n {} get packagemanifest {} -o jsonpath='{{.status.channels[*].name}}'",
        meta.namespace, spec.name
    ));
}

/// The part of the message that finds fault with this Subscription itself.
fn own_part<'a>(why: &'a str, name: &str) -> Option<&'a str> {
    let ends = |part: &&str| part.trim().ends_with(&format!("referenced by subscription {name}"));
    why.split(", ").find(|part| part.starts_with("no operators found") && ends(part)).map(str::trim)
}

/// The other Subscriptions of the namespace that the message finds fault with.
fn culprits(view: &View, subscription: &Subscription, why: &str) -> Vec<ObjectRef> {
    let others = view.subscriptions.in_namespace(&subscription.metadata.namespace).iter();
    let others = others.filter(|other| other.metadata.name != subscription.metadata.name);
    others
        .filter(|other| own_part(why, &other.metadata.name).is_some())
        .map(|other| other.reference())
        .collect()
}
