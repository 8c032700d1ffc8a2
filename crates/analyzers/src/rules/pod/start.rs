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

use crate::containers::{describe, is_recent, node_down, node_ref};
use crate::starting::{Fault, failures, is_held_up};
use crate::{Findings, Rule, Severity, Source};
use std::collections::BTreeSet;
use view::{Event, Kind, Object, ObjectRef, Pod, View};

/// The rule `pod/start`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Pod,
        Kind::Event,
        Kind::ConfigMap,
        Kind::Secret,
        Kind::PersistentVolumeClaim,
        Kind::VolumeAttachment,
        Kind::CSIDriver,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/node-lost"],
    run,
};

/// The kubelet's longest pause (seconds) between two attempts to mount, with some room.
const RETRY_SECONDS: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| is_held_up(view, pod)) {
        look(view, pod, out);
    }
}

/// Reports each distinct fault that recent events tell; the summary of a timeout only if none tells more.
fn look(view: &View, pod: &Pod, out: &mut Findings) {
    let telling = failures(view, pod);
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

/// `Unable to attach or mount volumes: … timed out`: says which volumes, not why. What the kubelet has not
/// registered or read yet it reads a moment later.
fn is_summary(event: &Event) -> bool {
    ["timed out waiting for the condition", "context deadline exceeded", "not registered"]
        .iter()
        .any(|part| event.message.contains(part))
        && !event.message.contains("list of registered CSI drivers")
}

fn report(view: &View, pod: &Pod, event: &Event, fault: Fault, out: &mut Findings) {
    let finding = out.on(pod.reference(), format!("cannot start: {}", fault.words));
    finding.brief("cannot start").because_all(fault.because.clone()).field("spec.volumes");
    finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
    for line in &fault.proof {
        finding.proof(Source::Cluster, line);
    }
    if node_down(view, pod).is_some() {
        finding.because(node_ref(&pod.spec.node_name));
    }
    if event.reason != "FailedMount" {
        finding.same(event.reason.to_string());
    }
    finding.fix(fault.fix).command(describe(pod));
}
