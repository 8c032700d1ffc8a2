//! # Image cannot be pulled
//!
//! ## What it finds
//! A container that waits because its image cannot be had: the tag or repository does not exist, the
//! registry refuses the credentials, cannot be reached, or the name is not a valid image name.
//!
//! ## Why it matters
//! The container never starts. The kubelet tries again with growing pauses and will not succeed until
//! the name, the credentials or the registry is repaired.
//!
//! ## When it stays silent
//! While the first pull is still running, and for pods that are being deleted.
//!
//! ## What to do
//! Compare the image name with what the registry holds; give the pod or its service account a pull
//! secret of type `kubernetes.io/dockerconfigjson`; check that nodes reach the registry.

use crate::{Findings, Rule, Severity, Source};
use view::{Container, ContainerStatus, Kind, Object, ObjectRef, Pod, View};

/// The rule `pod/image-pull`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event],
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
];

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for status in pod.container_statuses() {
            if waiting_reason(status).is_some_and(|reason| REASONS.contains(&reason)) {
                report(view, pod, status, out);
            }
        }
    }
}

fn waiting_reason(status: &ContainerStatus) -> Option<&str> {
    status.state.waiting.as_ref().map(|waiting| waiting.reason.as_str())
}

fn report(view: &View, pod: &Pod, status: &ContainerStatus, out: &mut Findings) {
    let container = pod.spec.container(&status.name);
    let image = container.map_or(&status.image, |c| &c.image);
    let proof = registry_answer(view, pod, status);
    let cause = classify(waiting_reason(status).unwrap_or_default(), &proof);
    let finding = out.on(
        pod.reference(),
        format!("cannot pull image {image} for container {}: {}", status.name, cause.words()),
    );
    finding.brief("cannot pull its image").proof(Source::Event, &proof).field("spec.containers.image");
    if let Some(waiting) = &status.state.waiting {
        finding.proof(Source::Status, format!("{}: {}", waiting.reason, waiting.message));
    }
    for secret in &pod.spec.image_pull_secrets {
        finding.because(ObjectRef::new("Secret", pod.metadata.namespace.clone(), secret.name.clone()));
    }
    let policy = container.map(|c: &Container| c.image_pull_policy.as_str()).unwrap_or_default();
    finding
        .fix(cause.fix(image, policy))
        .command(format!("kubectl -n {} describe pod {}", pod.metadata.namespace, pod.metadata.name));
}

/// The newest event in which the kubelet quotes the registry; the back-off message quotes nothing.
fn registry_answer(view: &View, pod: &Pod, status: &ContainerStatus) -> String {
    let field = format!("{{{}}}", status.name);
    let failed = view.events_of("Pod", &pod.metadata).filter(|event| {
        let here = &event.involved_object.field_path;
        matches!(event.reason.as_str(), "Failed" | "InspectFailed" | "ErrImageNeverPull")
            && (here.is_empty() || here.ends_with(&field))
    });
    let quoting =
        failed.map(|event| event.message.to_string()).find(|message| !message.starts_with("Error:"));
    quoting.or_else(|| status.state.waiting.as_ref().map(|w| w.message.to_string())).unwrap_or_default()
}

enum PullFault {
    NotFound,
    Unauthorized,
    Unreachable,
    InvalidName,
    NeverPull,
    Unknown,
}

fn classify(reason: &str, text: &str) -> PullFault {
    let lower = text.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match reason {
        "InvalidImageName" => PullFault::InvalidName,
        "ErrImageNeverPull" => PullFault::NeverPull,
        _ if says(&["unauthorized", "authentication required", "denied", "forbidden", "no basic auth"]) => {
            PullFault::Unauthorized
        }
        _ if says(&["not found", "manifest unknown", "no such manifest", "name unknown"]) => {
            PullFault::NotFound
        }
        _ if says(&[
            "no such host",
            "timeout",
            "timed out",
            "refused",
            "unreachable",
            "tls",
            "x509",
            "deadline",
            "unavailable",
            "eof",
        ]) =>
        {
            PullFault::Unreachable
        }
        _ => PullFault::Unknown,
    }
}

impl PullFault {
    fn words(&self) -> &'static str {
        match self {
            PullFault::NotFound => "the registry has no such image or tag",
            PullFault::Unauthorized => {
                "the registry refuses access (wrong or missing pull secret, or no such repository)"
            }
            PullFault::Unreachable => "the registry cannot be reached from the node",
            PullFault::InvalidName => "this is not a valid image name",
            PullFault::NeverPull => "imagePullPolicy is Never and the node does not have the image",
            PullFault::Unknown => "the pull fails",
        }
    }
    fn fix(&self, image: &str, policy: &str) -> String {
        match self {
            PullFault::NotFound => {
                format!("set the image to a tag that exists: {image} is not in its registry")
            }
            PullFault::Unauthorized => {
                format!("add a valid pull secret for {image} to imagePullSecrets or to the service account")
            }
            PullFault::Unreachable => {
                format!("check DNS, proxy and firewall between the node and the registry of {image}")
            }
            PullFault::InvalidName => {
                format!("correct the image name {image:?}: lower case, no spaces, `registry/repository:tag`")
            }
            PullFault::NeverPull => {
                format!("load {image} onto the node, or change imagePullPolicy from {policy}")
            }
            PullFault::Unknown => format!("read the kubelet's event for {image} and correct what it names"),
        }
    }
}
