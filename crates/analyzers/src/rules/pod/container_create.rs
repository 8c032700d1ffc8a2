//! # Container cannot be created
//!
//! ## What it finds
//! A container that the runtime cannot create or start (`CreateContainerError`, `RunContainerError`), whose
//! hook fails (`PostStartHookError`, `PreStartHookError`, `PreCreateHookError`), or that waits for any other
//! reason with a message that no other rule knows.
//!
//! ## Why it matters
//! The container does not run, and trying again seldom helps: the command, the hook or the node has to be
//! repaired.
//!
//! ## When it stays silent
//! While a container is being created or initialised in the ordinary way, for containers that already
//! crash again and again (`pod/crash-loop`), and for pods that are being deleted.
//!
//! ## What to do
//! Read the runtime's message: it names the missing file, the refused mount or the failing hook.

use crate::containers::{Seen, describe, seen};
use crate::messages::runtime_cause;
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `pod/container-create`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/node-lost"],
    run,
};

/// Reasons that are ordinary or another rule's story.
const OTHERS: &[&str] = &[
    "",
    "ContainerCreating",
    "PodInitializing",
    "CrashLoopBackOff",
    "CreateContainerConfigError",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
];

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in seen(pod).filter(|c| !OTHERS.contains(&c.waits_for())) {
            let known = container.waits_for().ends_with("Error");
            if (known || !container.waiting_message().is_empty()) && !container.is_looping(view.now) {
                report(&container, out);
            }
        }
    }
}

fn report(container: &Seen<'_>, out: &mut Findings) {
    let (title, reason) = (container.title(), container.waits_for());
    let cause = runtime_cause(container.waiting_message());
    let cause = if cause.is_empty() { "the runtime gives no reason" } else { &*cause };
    let what = match reason {
        "PostStartHookError" => format!("fails in the postStart hook of {title}"),
        "PreStartHookError" | "PreCreateHookError" => format!("fails in a hook of the runtime for {title}"),
        "CreateContainerError" | "RunContainerError" => format!("cannot start {title}"),
        _ => format!("waits with {title} in {reason}"),
    };
    let finding = out.on(container.pod.reference(), format!("{what}: {cause}"));
    finding.brief("cannot start").same(format!("{}: {reason}", container.status.name));
    finding.proof(Source::Status, format!("{reason}: {}", container.waiting_message()));
    let command = container.command();
    let absent =
        ["not found", "no such file", "no command specified"].iter().any(|part| cause.contains(part));
    if absent && !command.is_empty() {
        finding.proof(Source::Spec, format!("command: {command}")).field("spec.containers.command");
    }
    let image = container.spec.map_or("the image", |spec| spec.image.as_str());
    let node = &container.pod.spec.node_name;
    finding.fix(match reason {
        "PostStartHookError" => {
            format!("correct lifecycle.postStart of {title}, or what it calls in {image}")
        }
        _ if cause.contains("no command specified") => format!("give {title} a command: {image} brings none"),
        _ if cause.contains("seccomp") => {
            format!("put the seccomp profile on node {node}, or correct seccompProfile of {title}")
        }
        _ if cause.contains("apparmor") => {
            format!("load the AppArmor profile on node {node}, or correct appArmorProfile of {title}")
        }
        _ if absent => {
            format!("correct the command or mount of {title}: {image} does not hold what it names")
        }
        _ if cause.contains("context deadline exceeded") || cause.contains("name is reserved") => {
            format!(
                "look at the container runtime of node {}: it is overloaded or hangs",
                container.pod.spec.node_name
            )
        }
        _ if cause.contains("device") => {
            format!("restart the device plugin of node {node}, or correct the resources of {title}")
        }
        _ if cause.contains("permission denied") || cause.contains("read-only file system") => {
            format!(
                "correct the permissions that {title} needs: its user, its mounts, or the files of {image}"
            )
        }
        _ => format!("correct what the runtime says of {title}"),
    });
    finding.command(describe(container.pod));
}
