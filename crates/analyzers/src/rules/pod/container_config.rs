//! # Container cannot be configured
//!
//! ## What it finds
//! A container in `CreateContainerConfigError`: its environment names a ConfigMap, a Secret or a key that
//! does not exist, `runAsNonRoot` forbids the user of its image, or a `subPath` cannot be prepared.
//!
//! ## Why it matters
//! The container never starts until what it names is there. The kubelet looks again every minute or two.
//!
//! ## When it stays silent
//! When the named object exists by now and was created within the last two minutes, and for pods that
//! are being deleted.
//!
//! ## What to do
//! Create the object or the key, correct the name in the pod template, or mark the reference as
//! `optional`. For `runAsNonRoot`, set `runAsUser` or use an image that runs as a numeric user.

use crate::containers::{Seen, describe, seen};
use crate::messages::{Lacking, lacking};
use crate::{Findings, Rule, Severity, Source, usage};
use view::{Kind, Object, ObjectRef, View};

/// The rule `pod/container-config`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::ConfigMap, Kind::Secret],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/node-lost"],
    run,
};

/// Time (seconds) in which the kubelet notices what was created meanwhile.
const NOTICE_SECONDS: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in seen(pod).filter(|c| c.waits_for() == "CreateContainerConfigError") {
            let missing = lacking(container.waiting_message(), &pod.metadata.namespace, &pod.spec);
            match missing {
                Some(missing) if was_just_created(view, &missing.object) => {}
                Some(missing) => lacks(view, &container, &missing, out),
                None => refused(&container, out),
            }
        }
    }
}

fn was_just_created(view: &View, object: &ObjectRef) -> bool {
    let created = view.metadata_of(object).and_then(|meta| meta.creation_timestamp);
    created.is_some_and(|at| view.now.seconds_since(at) < NOTICE_SECONDS)
}

fn lacks(view: &View, container: &Seen<'_>, missing: &Lacking, out: &mut Findings) {
    let (title, object) = (container.title(), &missing.object);
    let says = match &missing.key {
        Some(key) => format!("cannot start {title}: {object} has no key {key}"),
        None => format!("cannot start {title}: {object} does not exist"),
    };
    let finding = out.on(container.pod.reference(), says);
    finding.brief(match &missing.key {
        Some(key) => format!("needs key {key}"),
        None => "cannot start".to_owned(),
    });
    finding
        .because(object.clone())
        .because_all(usage::absent(view, container.pod))
        .field("spec.containers.env");
    finding.proof(Source::Status, format!("CreateContainerConfigError: {}", container.waiting_message()));
    let place = view::references(&container.pod.spec, &container.pod.metadata.name).into_iter().find(|r| {
        let key = missing.key.as_deref();
        r.kind.name() == object.kind.as_str() && r.name == object.name && r.key.as_deref() == key
    });
    if let Some(place) = place {
        finding.proof(Source::Spec, format!("named by {}", place.place));
    }
    let kind = object.kind.to_lowercase();
    finding.fix(match &missing.key {
        Some(key) => format!("add key {key} to {object}, or correct the key that {title} asks for"),
        None => format!("create {object}, or correct the name that {title} asks for"),
    });
    finding.command(format!("kubectl -n {} describe {kind} {}", object.namespace, object.name));
}

fn refused(container: &Seen<'_>, out: &mut Findings) {
    let (title, message) = (container.title(), container.waiting_message());
    let name = &container.status.name;
    // The message ends with the pod's name and uid in brackets.
    let cause = message.split(" (pod: ").next().unwrap_or(message).trim_start_matches("Error: ");
    let image = container.spec.map_or("its image", |spec| spec.image.as_str());
    let (words, fix, field) = if cause.contains("runAsNonRoot") || cause.contains("verify user is non-root") {
        let words = if cause.contains("non-numeric user") || cause.contains("verify user") {
            format!(
                "runAsNonRoot is set and the user of image {image} is not a number, so that nobody can tell it is not root"
            )
        } else {
            format!("runAsNonRoot is set, but image {image} runs as root")
        };
        let fix = format!(
            "set securityContext.runAsUser of {title} to a user other than 0, or use an image that does not run as root"
        );
        (words, fix, "spec.containers.securityContext")
    } else if cause.contains("subPath") {
        let fix = format!("correct the subPath of the volume mounts of {title}");
        (cause.to_owned(), fix, "spec.containers.volumeMounts")
    } else if let Some(other) = cause.strip_prefix("container ").and_then(|c| c.strip_suffix(" not found")) {
        let words =
            format!("its environment asks for resources of container {other}, which the pod does not have");
        let fix = format!("correct containerName {other} in a resourceFieldRef of {title}");
        (words, fix, "spec.containers.env")
    } else {
        let cause = if cause.is_empty() { "its configuration is refused" } else { cause };
        (cause.to_owned(), format!("correct what the kubelet says of {title}"), "spec.containers")
    };
    let finding = out.on(container.pod.reference(), format!("cannot start {title}: {words}"));
    finding.brief("cannot start").same(format!("{name}: {words}")).field(field);
    finding.proof(Source::Status, format!("CreateContainerConfigError: {message}"));
    finding.fix(fix).command(describe(container.pod));
}
