//! # HelmRelease is not ready
//!
//! ## What it finds
//! A HelmRelease of Flux that is not ready: its chart cannot be fetched, its values cannot be composed, an
//! install, upgrade, rollback or test failed, or Flux gave up trying. The workloads of the release and their
//! pods explain it.
//!
//! ## Why it matters
//! The release is not installed, or stays at an older version.
//!
//! ## When it stays silent
//! While it is suspended or being deleted, for three minutes after a failure, for half an hour while an action
//! runs, and until Flux has seen the newest generation.
//!
//! ## What to do
//! Repair what the message names. After the last retry Flux waits for a change or for `flux reconcile --reset`.

use crate::flux::{self, Item};
use crate::{Finding, Findings, Rule, Severity, mentions};
use view::{Condition, HelmRelease, Kind, Meta, Object, ObjectRef, View};

/// The rule `helmrelease/not-ready`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HelmRelease, Kind::CustomResource, Kind::CustomResourceDefinition],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let kinds = mentions::Kinds::new(view);
    for release in view.helm_releases.iter() {
        let item = Item::of_helm_release(release);
        let Some(ready) = item.trouble(view) else { continue };
        let finding = flux::report(view, &item, ready, meaning(&ready.reason), out);
        let source = release.spec.chart.as_ref().map(|chart| &chart.spec.source_ref);
        let source = source.filter(|_| !flux::is_own(&ready.reason));
        finding.because_all(source.map(|source| {
            let name = format!("{}-{}", release.metadata.namespace, release.metadata.name);
            ObjectRef::new("HelmChart", item.namespace_of(source), name)
        }));
        for named in kinds.named(view, &ready.message, target(release)) {
            finding.because_all(mentions::with_pods(view, named));
        }
        finding.because_all(workloads(view, release));
        remedy(finding, &item, ready, release);
        flux::try_again(finding, &item, "helmrelease");
    }
}

fn meaning(reason: &str) -> &'static str {
    match reason {
        "InstallFailed" => "cannot be installed",
        "UpgradeFailed" => "cannot be upgraded",
        "RollbackSucceeded" => "was rolled back after a failed upgrade",
        "RollbackFailed" => "can neither be upgraded nor rolled back",
        "UninstallSucceeded" => "was uninstalled after a failed install",
        "UninstallFailed" => "cannot be uninstalled",
        "TestFailed" => "is installed, but its tests fail",
        "RetriesExceeded" => "failed as often as it may, and Flux has given up",
        "ArtifactFailed" | "SourceNotReady" | "HelmChartNotReady" => "has no chart to install",
        "ValuesError" => "has values that cannot be composed",
        "DependencyNotReady" => "waits for what it depends on",
        _ => "is not ready",
    }
}

/// Where its objects go.
fn target(release: &HelmRelease) -> &str {
    match release.spec.target_namespace.as_str() {
        "" => &release.metadata.namespace,
        target => target,
    }
}

/// The workloads of the release with their pods: by Helm's annotations or Flux' labels.
fn workloads(view: &View, release: &HelmRelease) -> Vec<ObjectRef> {
    let (own, namespace) = (&release.metadata, target(release));
    let name = match (release.spec.release_name.as_str(), release.spec.target_namespace.as_str()) {
        ("", "") => own.name.to_string(),
        ("", target) => format!("{target}-{}", own.name),
        (name, _) => name.to_owned(),
    };
    let belongs = |meta: &Meta| {
        let has = |map: &view::Map, key: &str, value: &str| map.get(key).is_some_and(|found| *found == value);
        let of_helm = has(&meta.annotations, "meta.helm.sh/release-name", &name)
            && has(&meta.annotations, "meta.helm.sh/release-namespace", namespace);
        of_helm
            || (has(&meta.labels, "helm.toolkit.fluxcd.io/name", &own.name)
                && has(&meta.labels, "helm.toolkit.fluxcd.io/namespace", &own.namespace))
    };
    let mut all: Vec<ObjectRef> = Vec::new();
    let deployments = view.deployments.in_namespace(namespace).iter();
    all.extend(deployments.filter(|o| belongs(&o.metadata)).map(|o| o.reference()));
    let stateful_sets = view.stateful_sets.in_namespace(namespace).iter();
    all.extend(stateful_sets.filter(|o| belongs(&o.metadata)).map(|o| o.reference()));
    let daemon_sets = view.daemon_sets.in_namespace(namespace).iter();
    all.extend(daemon_sets.filter(|o| belongs(&o.metadata)).map(|o| o.reference()));
    let jobs = view.jobs.in_namespace(namespace).iter();
    all.extend(jobs.filter(|o| belongs(&o.metadata)).map(|o| o.reference()));
    all.into_iter().flat_map(|workload| mentions::with_pods(view, workload)).collect()
}

fn remedy(finding: &mut Finding, item: &Item<'_>, ready: &Condition, release: &HelmRelease) {
    let chart = release.spec.chart.as_ref().map(|chart| &chart.spec);
    let chart = chart.map_or_else(
        || "its chart".to_owned(),
        |c| match c.version.as_str() {
            "" => format!("chart {}", c.chart),
            version => format!("chart {} {version}", c.chart),
        },
    );
    match ready.reason.as_str() {
        "DependencyNotReady" => flux::wait_for(finding, item),
        "ArtifactFailed" | "SourceNotReady" | "HelmChartNotReady" => {
            finding.fix(format!("see that {chart} is in the source that {} names", item.object));
        }
        "ValuesError" => {
            finding
                .fix(format!("create what the message names, or correct spec.valuesFrom of {}", item.object));
        }
        "RetriesExceeded" => {
            let Meta { namespace, name, .. } = item.meta;
            finding.fix("correct what made it fail, then let Flux count from the start");
            finding.command(format!("flux -n {namespace} reconcile helmrelease {name} --reset"));
        }
        _ => {
            finding.fix(format!(
                "correct what the message names, in the values of {} or in {chart}",
                item.object
            ));
        }
    }
}
