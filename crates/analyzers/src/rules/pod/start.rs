//! # Pod does not get started by its node
//!
//! ## What it finds
//! A pod that was scheduled and stays in `ContainerCreating`, because a volume cannot be mounted or
//! attached, or its network cannot be set up. The kubelet's event is taken apart: which Secret, ConfigMap,
//! key or claim is missing, which volume is still held by another node.
//!
//! ## Why it matters
//! No container of the pod runs, and the status itself does not say why: only events do, and they expire.
//!
//! ## When it stays silent
//! For pods younger than a minute, when the last such event is older than a quarter of an hour, when the
//! containers have started since, and for pods that are being deleted.
//!
//! ## What to do
//! Create what is missing or correct its name in the pod's volumes. For `Multi-Attach`, end the pod that
//! still holds the volume. For the network, look at the CNI plugin's pods on that node.

use crate::containers::{age, claims, describe, is_recent, node_down, node_ref, seen};
use crate::messages::{lacking, quoted_after, runtime_cause};
use crate::{Findings, Rule, Severity, Source, usage};
use std::collections::BTreeSet;
use view::{Event, Kind, Object, ObjectRef, Pod, View};

/// The rule `pod/start`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event, Kind::ConfigMap, Kind::Secret],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/node-lost"],
    run,
};

const REASONS: &[&str] =
    &["FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox", "NetworkNotReady"];
/// Younger pods (seconds) may see a first attempt fail and the second succeed.
const GRACE_SECONDS: i64 = 60;
/// Events repeat at least this often (seconds) while the fault lasts.
const REPEAT_SECONDS: i64 = 900;
/// The kubelet's longest pause (seconds) between two attempts to mount, with some room.
const RETRY_SECONDS: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run() && !pod.spec.node_name.is_empty()) {
        let creating = seen(pod)
            .any(|c| c.waits_for() == "ContainerCreating" || (c.init && c.waits_for() == "PodInitializing"));
        let begun = seen(pod).any(|c| c.status.state.running.is_some() || c.last_end().is_some());
        if creating && !begun && age(view, pod).is_none_or(|seconds| seconds >= GRACE_SECONDS) {
            look(view, pod, out);
        }
    }
}

/// Reports each distinct fault that recent events tell; the summary of a timeout only if none tells more.
fn look(view: &View, pod: &Pod, out: &mut Findings) {
    let telling = view
        .events_of("Pod", &pod.metadata)
        .filter(|event| REASONS.contains(&event.reason.as_str()) && is_recent(view, event, REPEAT_SECONDS));
    let mut events: Vec<&Event> = telling.map(|event| &**event).collect();
    if events.iter().any(|event| !is_summary(event)) {
        events.retain(|event| !is_summary(event));
    }
    let mut said = BTreeSet::new();
    for event in events {
        let fault = Fault::of(view, pod, event);
        let mount = event.reason == "FailedMount";
        let gone =
            mount && !is_recent(view, event, RETRY_SECONDS) && fault.because.iter().any(|o| exists(view, o));
        if !gone && said.insert(if mount { fault.words.clone() } else { event.reason.to_string() }) {
            report(view, pod, event, fault, out);
        }
    }
}

/// A Secret or ConfigMap that was missing is there by now.
fn exists(view: &View, object: &ObjectRef) -> bool {
    matches!(object.kind.as_str(), "Secret" | "ConfigMap") && view.metadata_of(object).is_some()
}

/// `Unable to attach or mount volumes: … timed out`: says which volumes, not why.
fn is_summary(event: &Event) -> bool {
    event.message.contains("timed out waiting for the condition")
        || event.message.contains("context deadline exceeded")
}

struct Fault {
    words: String,
    fix: String,
    because: Vec<ObjectRef>,
}

impl Fault {
    fn of(view: &View, pod: &Pod, event: &Event) -> Fault {
        let message = event.message.as_str();
        if let Some(missing) = lacking(message, &pod.metadata.namespace, &pod.spec) {
            let object = missing.object;
            let (words, fix) = match missing.key {
                Some(key) => (
                    format!("{object} has no key {key}"),
                    format!("add key {key} to {object}, or correct the volume's items"),
                ),
                None => (
                    format!("{object} does not exist"),
                    format!("create {object}, or correct the name in the pod's volumes"),
                ),
            };
            let mut because = vec![object];
            because.extend(usage::absent(view, pod));
            return Fault { words, fix, because };
        }
        let volume = quoted_after(message, "for volume ");
        let because = volume.map(|volume| claims(view, pod, volume)).unwrap_or_default();
        if message.contains("Multi-Attach") {
            let words = "its volume is still attached to another node".to_owned();
            let fix = format!(
                "end the pod that still holds volume {}, or wait until its node lets go",
                volume.unwrap_or("it mounts")
            );
            return Fault { words, fix, because };
        }
        if matches!(event.reason.as_str(), "FailedCreatePodSandBox" | "NetworkNotReady") {
            let words = format!("its network or sandbox cannot be set up: {}", runtime_cause(message));
            let fix =
                format!("look at the CNI plugin and the container runtime of node {}", pod.spec.node_name);
            return Fault { words, fix, because: vec![node_ref(&pod.spec.node_name)] };
        }
        let what = volume.map_or_else(|| "its volumes".to_owned(), |volume| format!("volume {volume}"));
        let cause = message.split_once(" : ").map_or(message, |(_, cause)| cause);
        let fix = format!("correct what keeps {what} from being mounted on node {}", pod.spec.node_name);
        Fault { words: format!("{what} cannot be mounted: {}", runtime_cause(cause)), fix, because }
    }
}

fn report(view: &View, pod: &Pod, event: &Event, fault: Fault, out: &mut Findings) {
    let finding = out.on(pod.reference(), format!("cannot start: {}", fault.words));
    finding.brief("cannot start").because_all(fault.because).field("spec.volumes");
    finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
    if node_down(view, pod).is_some() {
        finding.because(node_ref(&pod.spec.node_name));
    }
    if event.reason != "FailedMount" {
        finding.same(event.reason.to_string());
    }
    finding.fix(fault.fix).command(describe(pod));
}
