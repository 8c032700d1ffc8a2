//! # Container is killed by its own probe
//!
//! ## What it finds
//! A container that the kubelet restarts again and again because its liveness or startup probe fails:
//! which probe, what it asks, what comes back, and whether the container declares that port at all.
//!
//! ## Why it matters
//! A probe that asks the wrong port or path kills an application that works. One that is too strict kills
//! it under load, when it is needed most.
//!
//! ## When it stays silent
//! For a single kill from which the container recovered, when the last kill is more than an hour ago, and
//! for pods that ended or are being deleted.
//!
//! ## What to do
//! Compare the probe's port and path with what the application serves. Give slow starters a
//! `startupProbe` with enough `failureThreshold`; keep the liveness probe free of dependencies.

use crate::containers::{Seen, Story, describe, seen};
use crate::probes::FailingProbe;
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `pod/liveness`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/node-lost"],
    run,
};

/// A kill this recent (seconds) counts even if it is the first, while the container is not ready again.
const FRESH_SECONDS: i64 = 600;

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in seen(pod).filter(|c| c.status.restart_count >= 1 && c.story(view) == Story::Probe) {
            let restarts = container.status.restart_count;
            let fresh = container.seconds_since_end(view.now).is_some_and(|s| s <= FRESH_SECONDS);
            let looping = container.is_looping(view.now) || (restarts >= 3 && fresh);
            if looping || restarts >= 3 || (restarts >= 1 && fresh && !container.status.ready) {
                report(view, &container, looping || fresh, out);
            }
        }
    }
}

fn report(view: &View, container: &Seen<'_>, looping: bool, out: &mut Findings) {
    let Some(kill) = container.kill(view) else { return };
    let name = if kill.message.contains("startup probe") { "startup" } else { "liveness" };
    let failing = FailingProbe::of(view, container, name);
    let title = container.title();
    let says = match &failing {
        Some(failing) => {
            let (asks, outcome) = (failing.asks(), failing.outcome());
            format!("is killed and restarted: the {name} probe of {title} fails: {asks}: {outcome}")
        }
        None => format!("is killed and restarted: the {name} probe of {title} fails"),
    };
    let finding = out.on(container.pod.reference(), says);
    finding.brief(format!("killed by its {name} probe"));
    if !looping {
        finding.severity(Severity::Warning);
    }
    if let Some(failing) = &failing {
        finding.proof(Source::Event, format!("{name} probe failed: {}", failing.answer));
        if let Some(declared) = failing.declared_instead(container) {
            finding
                .proof(Source::Spec, format!("container {} declares port {declared}", container.status.name));
        }
        finding.fix(failing.fix(container));
        if failing.status_code().is_some_and(|code| code.starts_with('5')) {
            finding.log(&container.pod.metadata, &container.status.name, container.last_log_is_previous());
        }
    } else {
        finding.fix(format!("correct the {name} probe of {title}"));
    }
    finding.proof(Source::Event, &kill.message);
    let restarts = words::count(container.status.restart_count.max(0) as usize, "restart");
    finding.proof(Source::Status, format!("{restarts} of {title}"));
    finding.field(if name == "startup" {
        "spec.containers.startupProbe"
    } else {
        "spec.containers.livenessProbe"
    });
    finding.command(describe(container.pod));
}
