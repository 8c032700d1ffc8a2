//! What Kustomizations and HelmReleases of Flux have in common.

use crate::{Finding, Findings, Source, conditions, polarity, words};
use view::{Condition, FluxRef, HelmRelease, Kustomization, Meta, Object, ObjectRef, View, condition};

/// Group of Flux' sources.
const SOURCES: &str = "source.toolkit.fluxcd.io";
/// Seconds that something may fail: Flux tries again.
const GRACE: i64 = 180;
/// Seconds that an action may run.
const WORK: i64 = 1800;

/// Reasons of what went wrong after the source was read.
const OWN: [&str; 13] = [
    "BuildFailed",
    "HealthCheckFailed",
    "ReconciliationFailed",
    "PruneFailed",
    "InstallFailed",
    "UpgradeFailed",
    "RollbackFailed",
    "RollbackSucceeded",
    "UninstallFailed",
    "UninstallSucceeded",
    "TestFailed",
    "RetriesExceeded",
    "ValuesError",
];

/// A Kustomization or HelmRelease.
pub(crate) struct Item<'a> {
    pub object: ObjectRef,
    pub meta: &'a Meta,
    pub conditions: &'a [Condition],
    suspend: bool,
    source: Option<(&'static str, &'a FluxRef)>,
    pub depends_on: &'a [FluxRef],
}

impl<'a> Item<'a> {
    pub(crate) fn of_kustomization(k: &'a Kustomization) -> Item<'a> {
        Item {
            object: k.reference(),
            meta: &k.metadata,
            conditions: &k.status.conditions,
            suspend: k.spec.suspend == Some(true),
            source: Some(("spec.sourceRef", &k.spec.source_ref)),
            depends_on: &k.spec.depends_on,
        }
    }
    pub(crate) fn of_helm_release(h: &'a HelmRelease) -> Item<'a> {
        let of_chart = h.spec.chart.as_ref().map(|c| ("spec.chart.spec.sourceRef", &c.spec.source_ref));
        Item {
            object: h.reference(),
            meta: &h.metadata,
            conditions: &h.status.conditions,
            suspend: h.spec.suspend == Some(true),
            source: of_chart.or(h.spec.chart_ref.as_ref().map(|to| ("spec.chartRef", to))),
            depends_on: &h.spec.depends_on,
        }
    }
    /// Suspended, made to rest otherwise, or being deleted.
    pub(crate) fn rests(&self) -> bool {
        self.suspend || self.meta.deletion_timestamp.is_some() || polarity::rests(self.meta, &[])
    }
    /// Its source: the field, the group, the reference.
    pub(crate) fn references(&self) -> impl Iterator<Item = (&'static str, &'static str, &'a FluxRef)> {
        self.source
            .into_iter()
            .map(|(field, to)| (field, SOURCES, to))
            .filter(|(_, _, to)| !to.name.is_empty())
    }
    /// The namespace that a reference means.
    pub(crate) fn namespace_of<'r>(&'r self, to: &'r FluxRef) -> &'r str {
        if to.namespace.is_empty() { &self.meta.namespace } else { &to.namespace }
    }
    /// The source as an object.
    pub(crate) fn source(&self, view: &View) -> Option<ObjectRef> {
        let (_, group, to) = self.references().next()?;
        Some(view.reference_to(group, &to.kind, self.namespace_of(to), &to.name))
    }
    /// What it depends on: objects of its own kind.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = ObjectRef> + '_ {
        let of = |to| ObjectRef::new(self.object.kind.clone(), self.namespace_of(to), to.name.clone());
        self.depends_on.iter().map(of)
    }
    /// Its condition Ready, where that tells of a fault by now.
    pub(crate) fn trouble(&self, view: &View) -> Option<&'a Condition> {
        let ready = condition(self.conditions, "Ready").filter(|_| !self.rests())?;
        let works = ready.status == "Unknown" || ready.reason.starts_with("Progressing");
        let unmet = conditions::unmet(view, self.meta, self.conditions, "Ready", GRACE);
        unmet.filter(|ready| !works || conditions::seconds(view, self.meta, ready) >= WORK)
    }
}

/// Every Kustomization and HelmRelease.
pub(crate) fn items(view: &View) -> impl Iterator<Item = Item<'_>> {
    let kustomizations = view.kustomizations.iter().map(|k| Item::of_kustomization(k));
    kustomizations.chain(view.helm_releases.iter().map(|h| Item::of_helm_release(h)))
}

/// One finding on an item that is not ready; `meaning` is its reason in words.
pub(crate) fn report<'a>(
    view: &View,
    item: &Item<'_>,
    ready: &Condition,
    meaning: &str,
    out: &'a mut Findings,
) -> &'a mut Finding {
    let lasting = conditions::lasting(view, ready);
    let lasting = if lasting.is_empty() { lasting } else { format!(" ({lasting})") };
    let says = format!("{meaning}{lasting}: {}", conditions::told(ready));
    let finding = out.on(item.object.clone(), says);
    let brief = if ready.reason.is_empty() { "not ready" } else { ready.reason.as_str() };
    finding.brief(brief).field("status.conditions").proof(Source::Status, conditions::quoted(ready));
    if let Some(stalled) = conditions::raised(view, item.meta, item.conditions, "Stalled", 0) {
        finding.proof(Source::Status, conditions::quoted(stalled));
    }
    match ready.reason.as_str() {
        "DependencyNotReady" => finding.because_all(item.dependencies()),
        // What fails once the source is there is not the source's fault.
        reason if is_own(reason) => finding,
        _ => finding.because_all(item.source(view)),
    }
}

/// Whether a reason tells of what went wrong after the source was read.
pub(crate) fn is_own(reason: &str) -> bool {
    OWN.contains(&reason)
}

/// How to go on once the cause is repaired.
pub(crate) fn try_again(finding: &mut Finding, item: &Item<'_>, kind: &str) {
    let Meta { namespace, name, .. } = item.meta;
    finding.command(format!("flux -n {namespace} reconcile {kind} {name}"));
}

/// The step for an item that waits for others.
pub(crate) fn wait_for(finding: &mut Finding, item: &Item<'_>) {
    let waits = words::join_some(item.dependencies(), 4);
    finding.fix(format!("repair {waits}: {} goes on by itself", item.object));
}
