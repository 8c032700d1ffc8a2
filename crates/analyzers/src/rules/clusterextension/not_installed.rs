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

use crate::operators::{catalogs_of, halted, is_serving, missing_account};
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
    let cause = unresolved.map_or_else(|| why.clone(), |filter| not_found(view, filter, &catalogs));
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
    if let Some((account, _)) = missing_account(extension) {
        finding.fix(format!("create {account} with the rights that the extension needs"));
        finding.because(account);
    } else if let Some(filter) = unresolved {
        unresolved_remedy(filter, &catalogs, name, finding);
    } else if why.contains("pre-authorization failed") || why.contains("is forbidden") {
        finding.fix(format!("grant its service account what the condition names: {}", account(extension)));
    } else {
        finding.fix(format!("repair what the condition of ClusterExtension {name} names"));
    }
    let silent = catalogs.iter().filter(|catalog| !is_serving(catalog) || names(&why, catalog));
    if unresolved.is_some() || why.contains("catalog") {
        finding.because_all(silent.map(|catalog| catalog.reference()));
    }
    finding.command(format!("kubectl describe clusterextension {name}"));
}

fn account(extension: &ClusterExtension) -> ObjectRef {
    let name =
        extension.spec.service_account.as_ref().map(|account| account.name.clone()).unwrap_or_default();
    ObjectRef::new("ServiceAccount", extension.spec.namespace.clone(), name)
}

/// The error is one of this catalog.
fn names(why: &str, catalog: &ClusterCatalog) -> bool {
    why.contains(&format!("from catalog \"{}\"", catalog.metadata.name))
}

/// What was looked for, and where in vain.
fn not_found(view: &View, filter: &CatalogFilter, catalogs: &[&ClusterCatalog]) -> String {
    let mut wanted = format!("package {:?}", filter.package_name.as_str());
    if !filter.version.is_empty() {
        wanted.push_str(&format!(" in version {:?}", filter.version.as_str()));
    }
    if !filter.channels.is_empty() {
        wanted.push_str(&format!(" of channel {}", words::join_some(filter.channels.iter(), 3)));
    }
    let selected = if filter.selector.is_some() { " that its selector matches" } else { "" };
    match catalogs.is_empty() {
        true if view.proves_absence::<ClusterCatalog>("") => {
            format!("there is no ClusterCatalog{selected} to hold {wanted}")
        }
        true => format!("no catalog holds {wanted}"),
        false => {
            let names = words::join_some(catalogs.iter().map(|c| c.metadata.name.as_str()), 4);
            format!("no catalog{selected} holds {wanted} (asked: {names})")
        }
    }
}

fn unresolved_remedy(
    filter: &CatalogFilter,
    catalogs: &[&ClusterCatalog],
    name: &str,
    finding: &mut Finding,
) {
    let CatalogFilter { package_name, version, channels, .. } = filter;
    let channels = words::join_some(channels.iter(), 5);
    let spec = format!("packageName: {package_name}, version: {version:?}, channels: [{channels}]");
    finding.proof(Source::Spec, spec);
    finding.fix(match catalogs.is_empty() {
        true => format!("create a ClusterCatalog that holds {package_name}, or switch one on"),
        false => format!(
            "correct packageName, version or channels under spec.source.catalog of ClusterExtension {name}"
        ),
    });
}
