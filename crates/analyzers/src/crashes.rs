//! Containers that end again and again: what the way they end says of the remedy.

use crate::containers::Seen;
use view::{Terminated, View};

/// The runtime could not start the command: there is no log.
pub(crate) fn never_started(end: &Terminated) -> bool {
    matches!(end.reason.as_str(), "StartError" | "ContainerCannotRun")
}

/// A step of the remedy, by how it ended.
pub(crate) fn remedy(view: &View, container: &Seen<'_>, end: &Terminated) -> String {
    let (name, command) = (&container.status.name, container.command());
    let image = container.spec.map_or(&container.status.image, |spec| &spec.image);
    let what = if command.is_empty() { "the image's own command".to_owned() } else { format!("`{command}`") };
    if let Some(hook) = container.failed_hook(view) {
        return format!(
            "correct the postStart hook of container {name} ({hook}), or what it calls in {image}"
        );
    }
    if let Some(probe) = container.suspected_probe(end).filter(|_| !never_started(end)) {
        return format!("correct the {probe} of container {name}, or find out why it fails");
    }
    let absent = ["not found", "no such file"].iter().any(|words| end.message.contains(words));
    match end.exit_code {
        0 => format!(
            "let the command of container {name} ({what}) run on in the foreground, or make it a Job if its work is done"
        ),
        127 => format!(
            "correct the command of container {name}: {what} names a program that {image} does not hold"
        ),
        _ if never_started(end) && absent => {
            format!("correct the command of container {name}: {what} is not in image {image}")
        }
        _ if never_started(end) && end.message.contains("error mounting") => format!(
            "correct the volumeMounts of container {name}: a single file is mounted with subPath, over a file"
        ),
        _ if end.message.contains("exec format error") => format!(
            "build {image} for the CPU of node {}, or give its start script a first line with its interpreter (#!/bin/sh)",
            container.pod.spec.node_name
        ),
        _ if never_started(end) && end.message.contains("permission denied") => {
            format!("make {what} executable in image {image} (chmod +x), or run it through its interpreter")
        }
        137 => format!(
            "find out who kills container {name}: the log ends without an error then; look at the memory of the node and at what else ends its processes"
        ),
        126 => format!("make {what} executable in image {image}, or run it through its interpreter"),
        _ if never_started(end) => format!("correct what keeps {what} of container {name} from starting"),
        code => format!(
            "read the last lines of the log of container {name} and correct what ends it with exit code {code}"
        ),
    }
}
