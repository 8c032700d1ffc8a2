//! # Catalog does not exist
//!
//! ## What it finds
//! A CatalogSource that Subscriptions name under `spec.source` and `spec.sourceNamespace`, and that does not
//! exist.
//!
//! ## Why it matters
//! Nothing is installed from it, and what is installed gets no updates.
//!
//! ## When it stays silent
//! When CatalogSources of that namespace could not be read, and for Subscriptions being deleted.
//!
//! ## What to do
//! Correct `source` or `sourceNamespace` of the Subscription, or create the CatalogSource.

use crate::{Findings, Rule, Severity, Source, operators, words};
use std::collections::BTreeMap;
use view::{CatalogSource, Kind, Object, ObjectRef, Subscription, View};

/// The rule `catalogsource/missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CatalogSource, Kind::Subscription],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut needs: BTreeMap<ObjectRef, Vec<&Subscription>> = BTreeMap::new();
    for subscription in view.subscriptions.iter().filter(|s| s.metadata.deletion_timestamp.is_none()) {
        let catalog = operators::catalog_of(subscription);
        let named = !catalog.name.is_empty() && !catalog.namespace.is_empty();
        if named && view.lookup::<CatalogSource>(&catalog.namespace, &catalog.name).is_missing() {
            needs.entry(catalog).or_default().push(subscription);
        }
    }
    for (catalog, by) in needs {
        report(view, &catalog, &by, out);
    }
}

fn report(view: &View, catalog: &ObjectRef, by: &[&Subscription], out: &mut Findings) {
    let names: Vec<ObjectRef> = by.iter().map(|subscription| subscription.reference()).collect();
    let (verb, first) = (if names.len() == 1 { "names" } else { "name" }, &names[0]);
    let says = format!("does not exist; {} {verb} it", words::join_some(&names, 3));
    let finding = out.on(catalog.clone(), says);
    finding.brief("does not exist").field("spec.source");
    if by.iter().all(|subscription| !subscription.status.installed_csv.is_empty()) {
        finding.severity(Severity::Warning);
    }
    for subscription in by.iter().take(3) {
        let spec = &subscription.spec;
        let says = format!(
            "{}: source {}, sourceNamespace {}",
            subscription.reference(),
            spec.source,
            spec.source_namespace
        );
        finding.proof(Source::Spec, says);
    }
    let here = words::join_some(view.catalog_sources.names_in(&catalog.namespace), 6);
    let here = if here.is_empty() { "none".to_owned() } else { here };
    finding.proof(Source::Cluster, format!("CatalogSources in {}: {here}", catalog.namespace));
    let elsewhere = view.catalog_sources.iter().find(|source| source.metadata.name == catalog.name);
    let near = words::near(&catalog.name, view.catalog_sources.names_in(&catalog.namespace));
    finding.fix(match (elsewhere, near.first()) {
        (Some(source), _) => {
            let namespace = &source.metadata.namespace;
            format!("set spec.sourceNamespace of {first} to {namespace}, where {} is", catalog.name)
        }
        (None, Some(name)) => format!("set spec.source of {first} to {name} in place of {}", catalog.name),
        (None, None) => format!("create {catalog}, or name one that exists in {first}"),
    });
    finding.command("kubectl get catalogsource -A");
}
