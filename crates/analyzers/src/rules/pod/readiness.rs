//! # Pod runs, but is not ready
//!
//! ## What it finds
//! A container that runs and whose readiness probe keeps failing after the time that the probe itself
//! grants: what it asks, what comes back, and whether the container declares that port. Also a pod whose
//! readiness gate nobody sets.
//!
//! ## Why it matters
//! A pod that is not ready gets no traffic from its Services, and a rollout waits for it.
//!
//! ## When it stays silent
//! While the container is within `initialDelaySeconds` + `periodSeconds` × `failureThreshold` of its
//! start (and half a minute more), while a startup probe is still running, when the node is down
//! (`pod/node-lost`), and for pods that ended or are being deleted.
//!
//! ## What to do
//! Compare the probe's port and path with what the application serves; if they agree, the application
//! says that it cannot serve: its log tells why.

use crate::containers::{Seen, age, describe, node_down, seen};
use crate::probes::FailingProbe;
use crate::readiness::GATING;
use crate::{Findings, Rule, Severity, Source, netpol, words};
use view::{Kind, Object, Pod, View};

/// The rule `pod/readiness`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event, Kind::Node, Kind::Service, Kind::NetworkPolicy, Kind::Namespace],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/crash-loop", "pod/oom-killed", "pod/liveness", "pod/restarting", "pod/node-lost"],
    run,
};

/// Time (seconds) for the kubelet to report what it saw.
const REPORT_SECONDS: i64 = 30;

fn run(view: &View, out: &mut Findings) {
    let should_serve = |pod: &&std::sync::Arc<Pod>| pod.should_run() && !pod.is_ready();
    for pod in view.pods.iter().filter(should_serve) {
        if node_down(view, pod).is_some() {
            continue;
        }
        for container in seen(pod).filter(|c| !c.init && is_unready(c)) {
            if let Some(failing) = FailingProbe::of(view, &container, "readiness")
                && is_past_grace(view, &container, &failing)
            {
                report(view, &container, &failing, out);
            }
        }
        gate(view, pod, out);
    }
}

/// Runs, its startup probe is behind it, and it is not ready.
fn is_unready(container: &Seen<'_>) -> bool {
    let status = container.status;
    status.state.running.is_some() && !status.ready && status.started != Some(false)
}

fn is_past_grace(view: &View, container: &Seen<'_>, failing: &FailingProbe<'_>) -> bool {
    let started = container.status.state.running.as_ref().and_then(|running| running.started_at);
    started
        .is_none_or(|at| view.now.seconds_since(at) > failing.grace_seconds().saturating_add(REPORT_SECONDS))
}

fn report(view: &View, container: &Seen<'_>, failing: &FailingProbe<'_>, out: &mut Findings) {
    let title = container.title();
    let (asks, outcome) = (failing.asks(), failing.outcome());
    let says = format!("is not ready: the readiness probe of {title} fails: {asks}: {outcome}");
    let finding = out.on(container.pod.reference(), says);
    finding.brief("not ready").field("spec.containers.readinessProbe");
    if !failing.answer.is_empty() {
        finding.proof(Source::Event, format!("Readiness probe failed: {}", failing.answer));
    }
    if let Some(declared) = failing.declared_instead(container) {
        finding.proof(Source::Spec, format!("container {} declares port {declared}", container.status.name));
    }
    if let Some(running) = &container.status.state.running
        && let Some(at) = running.started_at
    {
        let age = words::age(view.now.seconds_since(at));
        finding.proof(Source::Status, format!("{title} has been running for {age} without becoming ready"));
    }
    finding.fix(failing.fix(container)).command(describe(container.pod));
    let asked_wrongly = failing.status_code().is_some_and(|code| code.starts_with('4'));
    if failing.declared_instead(container).is_none() && !asked_wrongly {
        finding.because_all(netpol::explaining(view, container.pod));
    }
    if failing.status_code().is_some_and(|code| code.starts_with('5')) {
        finding.log(&container.pod.metadata, &container.status.name, false);
    }
}

/// All containers are ready, yet a condition that somebody else must set is not True.
fn gate(view: &View, pod: &Pod, out: &mut Findings) {
    let ready = view::condition(&pod.status.conditions, "Ready");
    let Some(ready) = ready.filter(|ready| ready.reason == "ReadinessGatesNotReady") else { return };
    let since = ready.last_transition_time.map(|at| view.now.seconds_since(at)).or(age(view, pod));
    if since.is_some_and(|seconds| seconds < GATING) {
        return;
    }
    let name = crate::messages::quoted_after(&ready.message, "pod readiness gate ").unwrap_or("of its spec");
    let finding =
        out.on(pod.reference(), format!("is not ready: nobody has set its readiness gate {name} to True"));
    finding
        .brief("readiness gate not set")
        .proof(Source::Status, &ready.message)
        .field("spec.readinessGates");
    finding
        .fix(format!("check the controller that should set condition {name} on the pod, or remove the gate"));
    finding.command(describe(pod));
}
