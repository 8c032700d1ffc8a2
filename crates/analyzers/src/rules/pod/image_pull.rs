//! # Image cannot be pulled
//!
//! ## What it finds
//! A container that waits because its image cannot be had: the tag or repository does not exist, there is
//! no build for the node's platform, the registry refuses the credentials, limits the rate or cannot be
//! reached, the node's disk is full, or the name is not a valid image name.
//!
//! ## Why it matters
//! The container never starts. The kubelet tries again with growing pauses and will not succeed until
//! the name, the credentials or the registry is repaired.
//!
//! ## When it stays silent
//! While the first pull is still running, when the kubelet only spreads its own pulls over time
//! (`pull QPS exceeded`) for the first minutes of a pod, and for pods that are being deleted.
//!
//! ## What to do
//! Compare the image name with what the registry holds; give the pod or its service account a pull
//! secret of type `kubernetes.io/dockerconfigjson`; check that nodes reach the registry.

use crate::containers::{Seen, age, describe, node_ref, seen};
use crate::images::{PullFault, repository, running};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, Pod, Secret, ServiceAccount, View};

/// The rule `pod/image-pull`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event, Kind::Secret, Kind::ServiceAccount],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

const REASONS: &[&str] = &[
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
];
/// A pod younger than this (seconds) may still wait for its turn to pull.
const TURN_SECONDS: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    let failing = |pod: &Pod| seen(pod).any(|c| REASONS.contains(&c.waits_for()));
    let mut images = None;
    for pod in view.pods.iter().filter(|pod| pod.should_run() && failing(pod)) {
        let images = images.get_or_insert_with(|| running(view));
        for container in seen(pod).filter(|c| REASONS.contains(&c.waits_for())) {
            report(view, &container, images, out);
        }
    }
}

fn report(view: &View, container: &Seen<'_>, images: &BTreeMap<&str, BTreeSet<&str>>, out: &mut Findings) {
    let pod = container.pod;
    let image = container.spec.map_or(&container.status.image, |spec| &spec.image);
    let proof = registry_answer(view, container);
    let fault = PullFault::of(container.waits_for(), &proof);
    let young = age(view, pod).is_none_or(|seconds| seconds < TURN_SECONDS);
    if young && proof.contains("pull QPS exceeded") {
        return;
    }
    let mut secrets = if fault == PullFault::Unauthorized { pull_secrets(view, pod) } else { Vec::new() };
    // Private registries tell strangers that there is no such image.
    if fault == PullFault::NotFound && is_private(image) {
        let missing =
            |secret: &ObjectRef| view.lookup::<Secret>(&secret.namespace, &secret.name).is_missing();
        secrets = pull_secrets(view, pod).into_iter().filter(missing).collect();
    }
    let wrong = secrets.iter().find_map(|secret| wrong_type(view, secret));
    let why = wrong
        .clone()
        .map_or_else(|| fault.words().to_owned(), |why| format!("the registry refuses access: {why}"));
    let says = format!("cannot pull image {image} for {}: {why}", container.title());
    let finding = out.on(pod.reference(), says);
    finding.brief("cannot pull its image").field("spec.containers.image");
    let said = container.waiting_message();
    if proof != said {
        finding.proof(Source::Event, &proof);
    }
    if proof == said || said.is_empty() || !proof.contains(said) {
        finding.proof(Source::Status, format!("{}: {said}", container.waits_for()));
    }
    if fault == PullFault::NotFound
        && let Some(others) = images.get(repository(image))
    {
        let others = words::join_some(others.iter().filter(|other| *other != &image.as_str()), 3);
        if !others.is_empty() {
            finding.proof(Source::Cluster, format!("other containers here run {others}"));
        }
    }
    if fault == PullFault::Unauthorized {
        if secrets.is_empty() && view.proves_absence::<ServiceAccount>(&pod.metadata.namespace) {
            finding.proof(Source::Spec, "neither the pod nor its service account names a pull secret");
        }
        if let Some(why) = wrong {
            finding.proof(Source::Cluster, why);
            finding.fix(
                "make the pull secret again: kubectl create secret docker-registry gives it the right type",
            );
        }
    }
    finding.because_all(secrets);
    if fault == PullFault::DiskFull {
        finding.because(node_ref(&pod.spec.node_name));
    }
    let node = view.nodes.get("", &pod.spec.node_name).map(|node| &node.status.node_info);
    let platform = node.map(|node| format!("{}/{}", node.operating_system, node.architecture));
    finding.fix(fault.fix(image, &platform.unwrap_or_else(|| "the node's platform".to_owned())));
    finding.command(describe(pod));
}

/// An image of a registry that somebody runs for themselves, as far as its name tells.
fn is_private(image: &str) -> bool {
    let host = image.split_once('/').map(|(host, _)| host).filter(|host| host.contains(['.', ':']));
    host.is_some_and(|host| !["docker.io", "quay.io", "registry.k8s.io", "gcr.io"].contains(&host))
}

/// The pull secrets of a pod and of its service account.
fn pull_secrets(view: &View, pod: &Pod) -> Vec<ObjectRef> {
    let namespace = &pod.metadata.namespace;
    let account = view.lookup::<ServiceAccount>(namespace, &pod.spec.service_account_name).found();
    let of_account = account.map(|account| &account.image_pull_secrets).into_iter().flatten();
    let names = pod.spec.image_pull_secrets.iter().chain(of_account);
    names.map(|secret| ObjectRef::new("Secret", namespace.clone(), secret.name.clone())).collect()
}

/// What a pull secret is instead of one: the kubelet passes over secrets of other types without a word.
fn wrong_type(view: &View, secret: &ObjectRef) -> Option<String> {
    let found = view.secrets.get(&secret.namespace, &secret.name)?;
    let right = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];
    (!right.contains(&found.kind.as_str()))
        .then(|| format!("{secret} has type {} instead of kubernetes.io/dockerconfigjson", found.kind))
}

/// The newest event in which the kubelet quotes the registry; else what the status says.
fn registry_answer(view: &View, container: &Seen<'_>) -> String {
    let failed = container
        .events(view)
        .filter(|event| matches!(event.reason.as_str(), "Failed" | "InspectFailed" | "ErrImageNeverPull"));
    let quoting =
        failed.map(|event| event.message.to_string()).find(|message| !message.starts_with("Error:"));
    quoting.unwrap_or_else(|| container.waiting_message().to_owned())
}
