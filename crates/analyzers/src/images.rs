//! Why an image cannot be pulled, from what the registry or the kubelet said.

use std::collections::{BTreeMap, BTreeSet};
use view::View;

/// What keeps an image from being pulled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PullFault {
    NotFound,
    Platform,
    Unauthorized,
    RateLimit,
    Unreachable,
    Certificate,
    PlainHttp,
    DiskFull,
    InvalidName,
    NeverPull,
    Unknown,
}

/// Telling parts of messages (lower case), most specific first.
const TELLING: &[(PullFault, &[&str])] = &[
    (PullFault::RateLimit, &["toomanyrequests", "429 too many", "rate limit", "pull qps exceeded"]),
    (PullFault::Platform, &["no match for platform", "no matching manifest for"]),
    (PullFault::DiskFull, &["no space left on device"]),
    (PullFault::PlainHttp, &["server gave http response to https client"]),
    (PullFault::Certificate, &["x509", "certificate signed by unknown", "certificate has expired"]),
    (
        PullFault::Unauthorized,
        &[
            "unauthorized",
            "authentication required",
            "denied",
            "forbidden",
            "no basic auth",
            "authorization failed",
        ],
    ),
    (PullFault::NotFound, &["not found", "manifest unknown", "no such manifest", "name unknown"]),
    (
        PullFault::Unreachable,
        &[
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
            "connection reset",
            "server misbehaving",
        ],
    ),
];

impl PullFault {
    /// From the reason that the container waits with, and the newest text about it.
    pub fn of(reason: &str, text: &str) -> PullFault {
        let lower = text.to_lowercase();
        match reason {
            "InvalidImageName" => PullFault::InvalidName,
            "ErrImageNeverPull" => PullFault::NeverPull,
            _ => TELLING
                .iter()
                .find(|(_, parts)| parts.iter().any(|part| lower.contains(part)))
                .map_or(PullFault::Unknown, |(fault, _)| *fault),
        }
    }

    /// The cause, as the end of a sentence.
    pub fn words(self) -> &'static str {
        match self {
            PullFault::NotFound => "the registry has no such image or tag",
            PullFault::Platform => "the registry has this image, but not for the node's platform",
            PullFault::Unauthorized => {
                "the registry refuses access (wrong or missing pull secret, or no such repository)"
            }
            PullFault::RateLimit => "the registry's rate limit is exceeded",
            PullFault::Unreachable => "the registry cannot be reached from the node",
            PullFault::Certificate => "the node does not trust the registry's certificate",
            PullFault::PlainHttp => "the registry speaks plain HTTP, the node asks with HTTPS",
            PullFault::DiskFull => "the node has no disk space left for it",
            PullFault::InvalidName => "this is not a valid image name",
            PullFault::NeverPull => "imagePullPolicy is Never and the node does not have the image",
            PullFault::Unknown => "the pull fails",
        }
    }

    /// What to do.
    pub fn fix(self, image: &str, platform: &str) -> String {
        match self {
            PullFault::NotFound => {
                format!("set the image to a tag that exists: {image} is not in its registry")
            }
            PullFault::Platform => {
                format!("build and push {image} for {platform}, or select nodes that it is built for")
            }
            PullFault::Unauthorized => {
                format!("add a valid pull secret for {image} to imagePullSecrets or to the service account")
            }
            PullFault::Certificate => {
                format!(
                    "install the certificate authority of the registry of {image} on the nodes, or renew its certificate"
                )
            }
            PullFault::PlainHttp => {
                format!(
                    "serve the registry of {image} with TLS, or name it as insecure in the runtime of the nodes"
                )
            }
            PullFault::RateLimit => {
                format!(
                    "pull {image} with credentials of an account, or through a mirror, and wait for the limit to pass"
                )
            }
            PullFault::Unreachable => {
                format!("check DNS, proxy and firewall between the node and the registry of {image}")
            }
            PullFault::DiskFull => format!("free disk space on the node, so that {image} fits"),
            PullFault::InvalidName => {
                format!("correct the image name {image:?}: lower case, no spaces, `registry/repository:tag`")
            }
            PullFault::NeverPull => {
                format!("load {image} onto the node, or change imagePullPolicy from Never to IfNotPresent")
            }
            PullFault::Unknown => format!("read the kubelet's event for {image} and correct what it names"),
        }
    }
}

/// An image name without tag and digest: `registry:5000/app` of `registry:5000/app:v1`.
pub(crate) fn repository(image: &str) -> &str {
    let plain = image.split_once('@').map_or(image, |(name, _)| name);
    match plain.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => plain,
    }
}

/// Images that containers of this cluster run now, by repository.
pub(crate) fn running(view: &View) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut by_repository: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for pod in view.pods.iter() {
        for status in pod.status.container_statuses.iter().filter(|s| s.state.running.is_some()) {
            if let Some(container) = pod.spec.container(&status.name) {
                by_repository.entry(repository(&container.image)).or_default().insert(&container.image);
            }
        }
    }
    by_repository
}

/// Why a text cannot be an image reference, to follow the quoted text; `None` when it can.
pub(crate) fn malformed(reference: &str) -> Option<&'static str> {
    let name = repository(reference);
    // What stands before the first slash is a registry, whose name may have capitals.
    let path = name.split_once('/').map_or(name, |(_, path)| path);
    if reference.trim().is_empty() {
        Some("is empty")
    } else if reference.contains(char::is_whitespace) {
        Some("holds spaces")
    } else if reference.contains("://") {
        Some("starts with a scheme")
    } else if path.contains(char::is_uppercase) {
        Some("has capital letters in its repository")
    } else if name.is_empty() || name.ends_with('/') || path.starts_with('/') {
        Some("names no repository")
    } else if reference.contains('@') && !has_digest(reference) {
        Some("has a digest that is none")
    } else if reference.ends_with(':') {
        Some("has an empty tag")
    } else {
        None
    }
}

/// True when a reference ends in a digest: `@sha256:` and hexadecimal digits.
pub(crate) fn has_digest(reference: &str) -> bool {
    reference.split_once('@').and_then(|(_, digest)| digest.split_once(':')).is_some_and(
        |(algorithm, hex)| {
            !algorithm.is_empty() && hex.len() >= 32 && hex.chars().all(|c| c.is_ascii_hexdigit())
        },
    )
}
