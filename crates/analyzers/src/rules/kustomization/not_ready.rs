//! # Kustomization is not applied
//!
//! ## What it finds
//! A Kustomization of Flux that is not ready: its manifests cannot be built or applied, its source has no
//! artifact, what it depends on is not ready, or what it applied does not become healthy.
//!
//! ## Why it matters
//! The cluster keeps the state of an older revision, or has none of it.
//!
//! ## When it stays silent
//! While it is suspended or being deleted, for three minutes after a failure, for half an hour while an attempt
//! runs, and until Flux has seen the newest generation.
//!
//! ## What to do
//! Repair what the message names: the manifest, the source, the dependency, or the workload that is not healthy.

use crate::flux::{self, Item};
use crate::{Finding, Findings, Rule, Severity, mentions};
use view::{Condition, Kind, Kustomization, ObjectRef, View};

/// The rule `kustomization/not-ready`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Kustomization, Kind::CustomResource, Kind::CustomResourceDefinition],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let kinds = mentions::Kinds::new(view);
    for kustomization in view.kustomizations.iter() {
        let item = Item::of_kustomization(kustomization);
        let Some(ready) = item.trouble(view) else { continue };
        let absent: Option<ObjectRef> =
            item.dependencies().find(|on| view.lookup::<Kustomization>(&on.namespace, &on.name).is_missing());
        let meaning = match &absent {
            Some(on) => format!("depends on {on}, which does not exist, and waits"),
            None => meaning(&ready.reason).to_owned(),
        };
        let finding = flux::report(view, &item, ready, &meaning, out);
        let namespace = match kustomization.spec.target_namespace.as_str() {
            "" => &kustomization.metadata.namespace,
            target => target,
        };
        for named in kinds.named(view, &ready.message, namespace) {
            finding.because_all(mentions::with_pods(view, named));
        }
        if ready.reason == "HealthCheckFailed" {
            finding.because_all(applied(view, kustomization));
        }
        remedy(view, finding, &item, ready, absent);
        flux::try_again(finding, &item, "kustomization");
    }
}

fn meaning(reason: &str) -> &'static str {
    match reason {
        "BuildFailed" => "cannot be built",
        "ArtifactFailed" => "has no artifact to apply",
        "HealthCheckFailed" => "is applied, but what it applied is not healthy",
        "DependencyNotReady" => "waits for what it depends on",
        "ReconciliationFailed" => "cannot be applied",
        "PruneFailed" => "cannot delete what is no longer in it",
        _ => "is not ready",
    }
}

/// What it applied and that runs pods.
fn applied(view: &View, kustomization: &Kustomization) -> Vec<ObjectRef> {
    let entries = kustomization.status.inventory.iter().flat_map(|inventory| inventory.entries.iter());
    let workloads = entries.filter_map(|entry| {
        let mut parts = entry.id.rsplitn(3, '_');
        let (kind, group, path) = (parts.next()?, parts.next()?, parts.next()?);
        let (namespace, name) = path.split_once('_')?;
        let runs = ["Deployment", "StatefulSet", "DaemonSet", "Job"].contains(&kind) || group.contains('.');
        runs.then(|| view.reference_to(group, kind, namespace, name))
    });
    workloads.flat_map(|workload| mentions::with_pods(view, workload)).collect()
}

fn remedy(view: &View, finding: &mut Finding, item: &Item<'_>, ready: &Condition, absent: Option<ObjectRef>) {
    let path = view.kustomizations.get(&item.meta.namespace, &item.meta.name);
    let path = path.map(|k| k.spec.path.as_str()).filter(|path| !path.is_empty()).unwrap_or("./");
    let source = item.source(view).map_or_else(|| "its source".to_owned(), |source| source.to_string());
    match (ready.reason.as_str(), absent) {
        (_, Some(on)) => {
            finding.fix(format!("create {on}, or take it out of spec.dependsOn of {}", item.object));
        }
        ("DependencyNotReady", None) => flux::wait_for(finding, item),
        ("ArtifactFailed", None) => {
            finding.fix(format!("make {source} ready, and see that spec.path {path:?} is in it"));
        }
        ("BuildFailed", None) => {
            finding.fix(format!(
                "correct the manifests under {path:?} in {source}: kustomize build shows the same error"
            ));
        }
        ("HealthCheckFailed", None) => {
            finding.fix("repair the objects that the message names as not healthy");
        }
        _ => {
            finding.fix(format!("correct what the message names, under {path:?} in {source}"));
        }
    }
}
