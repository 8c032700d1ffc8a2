//! # Extension is not installed
//!
//! ## What it finds
//! A ClusterExtension that OLM v1 could not install, or whose installed version cannot go on to the wanted
//! one: the package or version is in no catalog, a catalog does not answer, the service account is missing or
//! lacks rights, the manifests are refused.
//!
//! ## Why it matters
//! What the extension should bring (types, an operator) is not there, or stays at an old version.
//!
//! ## When it stays silent
//! While OLM works on it without an error, for two minutes after an error, while it has not seen the newest
//! change, and for extensions being deleted.
//!
//! ## What to do
//! Follow what the condition names: package and version under `spec.source.catalog`, the catalogs, the rights
//! of the service account.

use crate::operators::{catalogs_of, halted, is_serving, missing_account, not_found};
use crate::{Finding, Findings, Rule, Severity, Source, conditions, words};
use view::{
    CatalogFilter, ClusterCatalog, ClusterExtension, Condition, Kind, Object, ObjectRef, View, condition,
};

/// The rule `clusterextension/not-installed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ClusterExtension, Kind::ClusterCatalog, Kind::ServiceAccount],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["clusterextension/source"],
    run,
};

/// Seconds for which an error may be one that passes.
const GRACE: i64 = 120;
/// Seconds that an installation without an error may take.
const LONG: i64 = 1800;

fn run(view: &View, out: &mut Findings) {
    for extension in view.cluster_extensions.iter() {
        let (meta, all) = (&extension.metadata, &extension.status.conditions);
        let halted = halted(view, meta, all);
        let installed = condition(all, "Installed").is_some_and(Condition::is_true);
        let grace = if halted.is_some() { GRACE } else { LONG };
        let unmet = conditions::unmet(view, meta, all, "Installed", grace);
        let never = halted.filter(|c| conditions::seconds(view, meta, c) >= GRACE);
        if let Some(telling) = unmet.and(halted).or(unmet).or(never.filter(|_| !installed)) {
            report(view, extension, telling, "", out);
        } else if let Some(halted) = halted.filter(|_| installed) {
            report(view, extension, halted, &bundle(extension), out);
        }
    }
}

/// What is installed: `argocd-operator.v0.6.0`.
fn bundle(extension: &ClusterExtension) -> String {
    let install = extension.status.install.as_ref();
    install.map_or("an older version".to_owned(), |install| install.bundle.name.to_string())
}

fn report(view: &View, extension: &ClusterExtension, told: &Condition, installed: &str, out: &mut Findings) {
    let name = &extension.metadata.name;
    let filter = extension.spec.source.catalog.as_ref();
    let why = conditions::told(told);
    let unresolved = filter.filter(|_| why.contains("no bundles found for package"));
    let catalogs = catalogs_of(view, extension);
    let account = missing_account(extension).map(|(account, _)| account);
    let idle = halted(view, &extension.metadata, &extension.status.conditions).is_none();
    let cause = match (unresolved, &account) {
        (Some(filter), _) => not_found(view, filter, &catalogs),
        (None, Some(account)) => format!("{account} does not exist"),
        (None, None) if idle => format!("{} {}", goes_on(extension), conditions::lasting(view, told)),
        (None, None) => why.clone(),
    };
    let state = match installed {
        "" => "is not installed".to_owned(),
        bundle => format!("stays at {bundle}"),
    };
    let finding = out.on(extension.reference(), format!("{state}: {cause}"));
    finding.brief(if installed.is_empty() { "not installed" } else { "cannot be upgraded" });
    finding.field("status.conditions").proof(Source::Status, conditions::quoted(told));
    if !installed.is_empty() {
        finding.severity(Severity::Warning);
    }
    if let Some(account) = account {
        finding.fix(format!("create {account} with the rights that the extension needs"));
        finding.because(account);
    } else if let Some(filter) = unresolved {
        let none = catalogs.is_empty() && view.proves_absence::<ClusterCatalog>("");
        unresolved_remedy(filter, none, name, finding);
    } else if why.contains("pre-authorization failed") || why.contains("is forbidden") {
        finding.fix(format!("grant {} what the condition names", service_account(extension)));
    } else {
        finding.fix(format!("repair what the condition of ClusterExtension {name} names"));
    }
    let silent = catalogs.iter().filter(|catalog| !is_serving(catalog) || names(&why, catalog));
    if unresolved.is_some() || why.contains("catalog") {
        finding.because_all(silent.map(|catalog| catalog.reference()));
    }
    finding.command(format!("kubectl describe clusterextension {name}"));
}

fn service_account(extension: &ClusterExtension) -> ObjectRef {
    let name =
        extension.spec.service_account.as_ref().map(|account| account.name.clone()).unwrap_or_default();
    ObjectRef::new("ServiceAccount", extension.spec.namespace.clone(), name)
}

/// What OLM says that it is doing.
fn goes_on(extension: &ClusterExtension) -> String {
    let progressing = condition(&extension.status.conditions, "Progressing");
    progressing.map_or("OLM does not say why".to_owned(), conditions::told)
}

/// The error is one of this catalog.
fn names(why: &str, catalog: &ClusterCatalog) -> bool {
    why.contains(&format!("from catalog \"{}\"", catalog.metadata.name))
}

fn unresolved_remedy(filter: &CatalogFilter, none: bool, name: &str, finding: &mut Finding) {
    let CatalogFilter { package_name, version, channels, .. } = filter;
    let channels = words::join_some(channels.iter(), 5);
    let spec = format!("packageName: {package_name}, version: {version:?}, channels: [{channels}]");
    finding.proof(Source::Spec, spec);
    finding.fix(match none {
        true => format!("create a ClusterCatalog that holds {package_name}, or switch one on"),
        false => format!(
            "correct packageName, version or channels under spec.source.catalog of ClusterExtension {name}"
        ),
    });
}
