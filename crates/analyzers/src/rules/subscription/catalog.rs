//! # Subscription's catalog is not to be had
//!
//! ## What it finds
//! A Subscription whose catalog does not exist, or for which OLM says that its catalogs are unhealthy.
//!
//! ## Why it matters
//! Nothing is installed from that catalog; what is installed gets no updates.
//!
//! ## When it stays silent
//! For five minutes after OLM noticed, for Subscriptions being deleted, and when the catalog's absence cannot
//! be proven and OLM says nothing.
//!
//! ## What to do
//! Repair the catalog that is named, or name another one in `spec.source`.

use crate::operators::{STEP, catalog_of};
use crate::{Findings, Rule, Severity, Source, conditions};
use view::{CatalogSource, Condition, Kind, Object, Subscription, View};

/// The rule `subscription/catalog`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Subscription, Kind::CatalogSource],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for subscription in view.subscriptions.iter().filter(|s| s.metadata.deletion_timestamp.is_none()) {
        let (meta, all) = (&subscription.metadata, &subscription.status.conditions);
        let catalog = catalog_of(subscription);
        let named = !catalog.name.is_empty() && !catalog.namespace.is_empty();
        let gone = named && view.lookup::<CatalogSource>(&catalog.namespace, &catalog.name).is_missing();
        let told = conditions::raised(view, meta, all, "CatalogSourcesUnhealthy", STEP);
        if gone || told.is_some() {
            report(view, subscription, gone, told, out);
        }
    }
}

fn report(
    view: &View,
    subscription: &Subscription,
    gone: bool,
    told: Option<&Condition>,
    out: &mut Findings,
) {
    let (meta, spec) = (&subscription.metadata, &subscription.spec);
    let catalog = catalog_of(subscription);
    let installed = &subscription.status.installed_csv;
    let state = match installed.as_str() {
        "" => format!("cannot install {}", spec.name),
        csv => format!("gets no updates for {csv}"),
    };
    let why = match told {
        _ if gone => format!("{catalog} does not exist"),
        Some(told) => conditions::told(told),
        None => String::new(),
    };
    let finding = out.on(subscription.reference(), format!("{state}: {why}"));
    finding.brief(if installed.is_empty() { "cannot be installed" } else { "gets no updates" });
    finding.field("spec.source");
    if !installed.is_empty() {
        finding.severity(Severity::Warning);
    }
    let source = format!("source: {}, sourceNamespace: {}", spec.source, spec.source_namespace);
    finding.proof(Source::Spec, source);
    if let Some(told) = told {
        finding.proof(Source::Status, conditions::quoted(told));
    }
    finding.because(catalog.clone());
    // OLM asks the catalogs of the Subscription's own namespace too.
    for namespace in [&meta.namespace, &spec.source_namespace] {
        let catalogs = view.catalog_sources.in_namespace(namespace).iter();
        finding.because_all(catalogs.map(|source| source.reference()));
    }
    finding.fix(match gone {
        true => format!("name a CatalogSource that exists in spec.source of {}", subscription.reference()),
        false => format!("repair {catalog}; OLM then goes on by itself"),
    });
    finding.command(format!("kubectl -n {} describe subscription.operators {}", meta.namespace, meta.name));
}
