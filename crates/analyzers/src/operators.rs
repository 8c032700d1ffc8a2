//! What the rules over the Operator Lifecycle Manager have in common.

use crate::{Finding, Source, conditions, words};
use view::{
    CatalogFilter, ClusterCatalog, ClusterExtension, ClusterServiceVersion, Condition, InstallPlan, Object,
    ObjectRef, Subscription, View, condition,
};

/// Seconds that a controller may take for one step (unpacking a catalog, resolving, installing).
pub(crate) const STEP: i64 = 300;

/// A catalog that people switched off.
pub(crate) fn is_switched_off(catalog: &ClusterCatalog) -> bool {
    catalog.spec.availability_mode == "Unavailable"
}

/// True when a catalog's contents can be asked for.
pub(crate) fn is_serving(catalog: &ClusterCatalog) -> bool {
    condition(&catalog.status.conditions, "Serving").is_some_and(Condition::is_true)
}

/// The condition Progressing, when it tells of an error: `Retrying`, or False (`Blocked` and other reasons).
pub(crate) fn halted<'a>(view: &View, meta: &view::Meta, all: &'a [Condition]) -> Option<&'a Condition> {
    let progressing = condition(all, "Progressing")?;
    let stands = progressing.reason == "Retrying" || progressing.is_false();
    conditions::settled(view, meta, progressing, 0).filter(|_| stands)
}

/// The catalogs that an extension is looked for in.
pub(crate) fn catalogs_of<'a>(view: &'a View, extension: &ClusterExtension) -> Vec<&'a ClusterCatalog> {
    let selector = extension.spec.source.catalog.as_ref().and_then(|catalog| catalog.selector.as_ref());
    let all = view.cluster_catalogs.iter().map(AsRef::as_ref);
    all.filter(|catalog| !is_switched_off(catalog))
        .filter(|catalog| selector.is_none_or(|selector| selector.matches(&catalog.metadata.labels)))
        .collect()
}

/// What an extension looks for, and where in vain: `no catalog holds package "x" (asked: operatorhubio)`.
pub(crate) fn not_found(view: &View, filter: &CatalogFilter, catalogs: &[&ClusterCatalog]) -> String {
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

/// The service account that an error of this extension says is missing, as
/// `service account "x" not found in namespace "y"`.
pub(crate) fn missing_account(extension: &ClusterExtension) -> Option<(ObjectRef, &Condition)> {
    extension.status.conditions.iter().find_map(|condition| {
        let (_, rest) = condition.message.split_once("service account \"")?;
        let (name, rest) = rest.split_once('"')?;
        let (_, rest) = rest.split_once("not found in namespace \"")?;
        let (namespace, _) = rest.split_once('"')?;
        Some((ObjectRef::new("ServiceAccount", namespace, name), condition))
    })
}

/// The CatalogSource that a Subscription names.
pub(crate) fn catalog_of(subscription: &Subscription) -> ObjectRef {
    let spec = &subscription.spec;
    ObjectRef::new("CatalogSource", spec.source_namespace.clone(), spec.source.clone())
}

/// The InstallPlan that a Subscription waits for.
pub(crate) fn plan_of(subscription: &Subscription) -> Option<ObjectRef> {
    let name = &subscription.status.install_plan_ref.as_ref().filter(|plan| !plan.name.is_empty())?.name;
    Some(ObjectRef::new("InstallPlan", subscription.metadata.namespace.clone(), name.clone()))
}

/// The Subscriptions that wait for this plan. Plans of which none is left tell of the past.
pub(crate) fn waiting_for<'a>(view: &'a View, plan: &InstallPlan) -> Vec<&'a Subscription> {
    let wanted = plan.reference();
    let all = view.subscriptions.in_namespace(&plan.metadata.namespace).iter().map(AsRef::as_ref);
    all.filter(|subscription| plan_of(subscription).as_ref() == Some(&wanted)).collect()
}

/// The operator that a Subscription installs, where it is in the View.
pub(crate) fn operator_of<'a>(
    view: &'a View,
    subscription: &Subscription,
) -> Option<&'a ClusterServiceVersion> {
    let (namespace, name) = (&subscription.metadata.namespace, &subscription.status.current_csv);
    view.cluster_service_versions.get(namespace, name).map(AsRef::as_ref)
}

/// The namespace, where a message says that its OperatorGroups are at fault.
pub(crate) fn namespace_at_fault(namespace: &str, message: &str) -> Option<ObjectRef> {
    let lower = message.to_lowercase();
    let told = lower.contains("operator group") || lower.contains("operatorgroup");
    told.then(|| ObjectRef::new("Namespace", "", namespace))
}

/// Writes what a message says of a failed pull as a step of the remedy; false when it says nothing of one.
pub(crate) fn pull_fix(finding: &mut Finding, message: &str, image: &str) -> bool {
    let lower = message.to_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    if has(&["manifest unknown", "name unknown", "not found"]) {
        finding.fix(format!("name an image that exists: the registry does not have {image}"));
    } else if has(&["unauthorized", "denied", "authentication required", "forbidden"]) {
        finding.fix(format!("give the catalog controller credentials for {image}, or make it public"));
    } else if has(&["toomanyrequests", "rate limit"]) {
        finding
            .fix(format!("pull {image} through a mirror or with credentials, or wait for the limit to pass"));
    } else if has(&["no such host", "timeout", "refused", "x509", "deadline", "unreachable"]) {
        finding.fix(format!(
            "let the catalog controller reach the registry of {image}: DNS, proxy, certificates"
        ));
    } else {
        return false;
    }
    true
}

/// Names what exists near to a name that was not found.
pub(crate) fn near<'a>(
    finding: &mut Finding,
    wanted: &str,
    what: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let near = words::near(wanted, names);
    let first = near.first().map(ToString::to_string);
    if !near.is_empty() {
        finding.proof(Source::Cluster, format!("near {what}: {}", near.join(", ")));
    }
    first
}
