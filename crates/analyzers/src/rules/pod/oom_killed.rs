//! # Container is killed for using too much memory
//!
//! ## What it finds
//! A container that the kernel killed (`OOMKilled`, exit code 137) because it needed more memory than its
//! limit, or because the node itself ran out: repeatedly, or within the last hour.
//!
//! ## Why it matters
//! The kill comes without warning: requests in flight are lost, and the same load kills the container
//! again.
//!
//! ## When it stays silent
//! When the last kill is more than an hour ago and the container has been running since, for pods that
//! ended, and for pods of Jobs that are not restarted (`job/failed` tells it).
//!
//! ## What to do
//! Compare what the container needs at its peak with its limit. Raise `resources.limits.memory`, or lower
//! what the application takes (heap size, caches, workers). Without a limit the node was short of memory:
//! set requests, so that the scheduler keeps room.

use crate::containers::{EVENT_SECONDS, Seen, describe, node_ref, seen};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `pod/oom-killed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in seen(pod) {
            let killed = container.last_end().is_some_and(|end| end.reason == "OOMKilled");
            let lately = container.seconds_since_end(view.now).is_none_or(|s| s <= EVENT_SECONDS);
            if killed && (lately || container.is_looping(view.now)) {
                report(view, &container, out);
            }
        }
    }
}

fn report(view: &View, container: &Seen<'_>, out: &mut Findings) {
    let name = &container.status.name;
    let limit = container.limit("memory");
    let why = match limit {
        Some(limit) => format!("needs more memory than its limit of {limit}"),
        None => "has no memory limit, so the node itself ran out of memory".to_owned(),
    };
    let finding = out.on(container.pod.reference(), format!("is OOMKilled: {} {why}", container.title()));
    finding.brief("OOMKilled").same(format!("{name}: {why}")).field("spec.containers.resources.limits");
    if !container.is_looping(view.now) {
        finding.severity(Severity::Warning);
    }
    let restarts = words::count(container.status.restart_count.max(0) as usize, "restart");
    if let Some(end) = container.last_end() {
        let finished = end.finished_at.map(|at| format!(", at {at}")).unwrap_or_default();
        finding.proof(
            Source::Status,
            format!("lastState: OOMKilled, exit code {}, {restarts}{finished}", end.exit_code),
        );
    }
    match limit {
        Some(limit) => {
            let request = container.spec.and_then(|spec| spec.resources.requests.get("memory"));
            let request = request.map(|r| format!(", requests.memory: {r}")).unwrap_or_default();
            finding.proof(Source::Spec, format!("limits.memory: {limit}{request}"));
            finding.fix(format!(
                "raise resources.limits.memory of container {name} above {limit}, or make it need less"
            ));
        }
        None => {
            if !container.pod.spec.node_name.is_empty() {
                finding.because(node_ref(&container.pod.spec.node_name));
            }
            finding.fix(format!(
                "set resources.requests.memory and limits.memory of container {name} to what it needs"
            ));
        }
    }
    finding.command(describe(container.pod)).command(format!(
        "kubectl -n {} top pod {} --containers",
        container.pod.metadata.namespace, container.pod.metadata.name
    ));
}
