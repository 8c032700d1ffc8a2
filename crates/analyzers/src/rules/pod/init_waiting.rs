//! # Init container does not finish
//!
//! ## What it finds
//! An init container that has been running for more than half an hour while the pod waits for it, or for more
//! than five minutes where its name or command tells that it waits for something: which one, since when, and
//! what its log says. A Service that its command names and that is at fault, or a
//! network policy that keeps it from one, is given as the cause.
//!
//! ## Why it matters
//! The pod's own containers start only when every init container has succeeded. One that waits for a
//! database or a migration that never comes holds the pod for good, and nothing reports an error.
//!
//! ## When it stays silent
//! Before that time: migrations and downloads may take a while. For sidecars (`restartPolicy: Always`), for init
//! containers that fail (`pod/init-failed`), and for pods that ended or are being deleted.
//!
//! ## What to do
//! Read its log: it usually tells what it waits for. Repair that, or correct the name it waits for. Work
//! that really takes this long is better done in a Job.

use crate::callers::services_in_command;
use crate::containers::{Seen, describe, node_down, seen};
use crate::{Findings, Rule, Severity, Source, netpol, words};
use view::{Kind, Object, View};

/// The rule `pod/init-waiting`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Node, Kind::Service, Kind::NetworkPolicy, Kind::Namespace],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/init-failed", "pod/oom-killed", "pod/node-lost"],
    run,
};

/// Time (seconds) that an init container may wait for something.
const WAITING_SECONDS: i64 = 300;
/// Time (seconds) that an init container may work.
const WORKING_SECONDS: i64 = 1800;
/// What names and commands of init containers hold that wait for something to answer.
const WAITS: &[&str] = &["wait", "until ", "nc -z", "nslookup", "pg_isready", "redis-cli", "mysqladmin ping"];

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run() && node_down(view, pod).is_none()) {
        for container in seen(pod).filter(|container| container.init) {
            let running = container.status.state.running.as_ref();
            let seconds = running.and_then(|r| r.started_at).map(|at| view.now.seconds_since(at));
            if let Some(seconds) = seconds.filter(|s| *s > patience(&container)) {
                report(view, &container, seconds, out);
            }
        }
    }
}

fn patience(container: &Seen<'_>) -> i64 {
    let told = format!("{} {}", container.status.name, container.command()).to_lowercase();
    if WAITS.iter().any(|word| told.contains(word)) { WAITING_SECONDS } else { WORKING_SECONDS }
}

fn report(view: &View, container: &Seen<'_>, seconds: i64, out: &mut Findings) {
    let (pod, name, command) = (container.pod, &container.status.name, container.command());
    let says = format!("waits for init container {name}, which does not finish");
    let finding = out.on(pod.reference(), says);
    finding.brief(format!("waits for init container {name}")).field("spec.initContainers");
    finding
        .proof(Source::Status, format!("init container {name} has been running for {}", words::age(seconds)));
    if !command.is_empty() {
        finding.proof(Source::Spec, format!("command: {command}"));
    }
    if let Some(spec) = container.spec {
        finding.because_all(services_in_command(view, spec, &pod.metadata.namespace));
    }
    finding.because_all(netpol::explaining(view, pod));
    finding.log(&pod.metadata, name, false);
    finding.fix(format!(
        "repair what init container {name} waits for, or correct the name it waits for: its log tells"
    ));
    finding.command(format!("kubectl -n {} logs {} -c {name}", pod.metadata.namespace, pod.metadata.name));
    finding.command(describe(pod));
}
