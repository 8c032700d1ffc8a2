//! # Pod failed
//!
//! ## What it finds
//! A pod that ended in phase `Failed`, or a container that ended with an error in a pod that is not
//! restarted (`restartPolicy: Never`): with the reason of the kubelet (`OutOfcpu`, `NodeAffinity`,
//! `Terminated` at a node's shutdown, `DeadlineExceeded`, …) or the exit code of the container.
//!
//! ## Why it matters
//! Nothing in it runs any more. A controller replaces the pod; without one its work is not done.
//!
//! ## When it stays silent
//! For pods that succeeded, even if a sidecar was killed at the end (exit codes 137 and 143 beside a main
//! container that exited with 0), for evicted pods (`pod/evicted`), for pods of Jobs (`job/failed`), and
//! for pods that are being deleted.
//!
//! ## What to do
//! Read the container's log or the kubelet's reason. Pods that a controller has replaced are history: delete
//! them.

use crate::containers::{Seen, describe, is_of_job, node_ref, seen};
use crate::messages::runtime_cause;
use crate::{Finding, Findings, Rule, Severity, Source, words};
use view::{Kind, Object, Pod, View};

/// The rule `pod/failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/node-lost"],
    run,
};

/// Reasons of a node's own shutdown.
const SHUTDOWN: &[&str] = &["Terminated", "NodeShutdown", "Shutdown"];

fn run(view: &View, out: &mut Findings) {
    let ended = |pod: &Pod| pod.status.phase == "Failed" && pod.status.reason != "Evicted";
    let partly = |pod: &Pod| pod.status.phase == "Running" && pod.spec.restart_policy == "Never";
    for pod in view.pods.iter().filter(|pod| ended(pod) || partly(pod)) {
        if pod.is_terminating() || is_of_job(view, pod) {
            continue;
        }
        let broken = failed_container(pod);
        let harmless =
            broken.is_none() && pod.status.reason.is_empty() && !pod.status.container_statuses.is_empty();
        if harmless || (broken.is_none() && !ended(pod)) {
            continue;
        }
        report(view, pod, broken.as_ref(), out);
    }
}

/// The container whose end is the pod's fault; none when the only bad ends are sidecars that were killed
/// after another container had done its work.
fn failed_container(pod: &Pod) -> Option<Seen<'_>> {
    let end =
        |c: &Seen<'_>| c.status.state.terminated.as_ref().map(|end| (end.exit_code, end.reason.clone()));
    let done = seen(pod).any(|c| !c.init && end(&c).is_some_and(|(code, _)| code == 0));
    let bad = seen(pod).filter(|c| {
        end(c).is_some_and(|(code, reason)| {
            let killed = matches!(code, 137 | 143) && reason != "OOMKilled";
            code != 0 && !(killed && done)
        })
    });
    let mut bad: Vec<Seen<'_>> = bad.collect();
    bad.sort_by_key(|c| c.status.state.terminated.as_ref().and_then(|end| end.finished_at));
    bad.into_iter().next()
}

fn report(view: &View, pod: &Pod, broken: Option<&Seen<'_>>, out: &mut Findings) {
    let reason = pod.status.reason.as_str();
    let owner = view.owner_of(&pod.metadata);
    let cause = match (reason, broken) {
        (reason, _) if SHUTDOWN.contains(&reason) => {
            format!("node {} was shut down ({reason})", pod.spec.node_name)
        }
        ("", Some(container)) => ending(container),
        ("", None) => "its status gives no reason".to_owned(),
        (reason, _) => format!("{reason}: {}", pod.status.message),
    };
    let finding = out.on(pod.reference(), format!("failed: {cause}"));
    finding.brief("failed").same(if reason.is_empty() { cause.clone() } else { reason.to_owned() });
    let said = if reason.is_empty() { String::new() } else { format!("{reason}: {}", pod.status.message) };
    finding.proof(Source::Status, said);
    if let Some(container) = broken {
        finding.proof(Source::Status, ending(container));
        if reason.is_empty() {
            finding.log(&pod.metadata, &container.status.name, false);
        }
    }
    if SHUTDOWN.contains(&reason) || reason == "NodeAffinity" || reason.starts_with("OutOf") {
        finding.because(node_ref(&pod.spec.node_name));
    }
    if owner.is_some() {
        finding.severity(Severity::Warning);
    }
    remedy(finding, pod, broken, owner.map(|owner| owner.to_string()));
}

/// `container web ended with exit code 1`.
fn ending(container: &Seen<'_>) -> String {
    let Some(end) = container.status.state.terminated.as_ref() else { return container.title() };
    match runtime_cause(&end.message) {
        cause if matches!(end.reason.as_str(), "StartError" | "ContainerCannotRun") => {
            format!("{} could not be started: {cause}", container.title())
        }
        _ => format!("{} ended with {}", container.title(), words::exit_code(end.exit_code, &end.reason)),
    }
}

/// What the pod's status says, up to its first full stop; the reason when it says nothing.
fn first_words(pod: &Pod) -> &str {
    let message = pod.status.message.trim_end_matches('.');
    if message.is_empty() { &pod.status.reason } else { message }
}

fn remedy(finding: &mut Finding, pod: &Pod, broken: Option<&Seen<'_>>, owner: Option<String>) {
    let meta = &pod.metadata;
    let cause = match broken.filter(|_| pod.status.reason.is_empty()) {
        Some(container) => {
            finding.command(container.logs_command());
            format!("read the log of {} and correct what ends it", container.title())
        }
        None if pod.status.reason == "DeadlineExceeded" => {
            "raise activeDeadlineSeconds, or make its work shorter".to_owned()
        }
        None => format!("look at node {}: {}", pod.spec.node_name, first_words(pod)),
    };
    finding.fix(match owner {
        Some(owner) => format!("{cause}; {owner} replaces the pod, so that this one may be deleted"),
        None => format!("{cause}, then create the pod again: nothing replaces it"),
    });
    finding.command(describe(pod)).command(format!("kubectl -n {} delete pod {}", meta.namespace, meta.name));
}
