//! # Container crashes again and again
//!
//! ## What it finds
//! A container that ends soon after every start and is started again with growing pauses
//! (`CrashLoopBackOff`): its process exits with an error, its command is not in the image or not
//! executable, or the command simply finishes although the pod is meant to run on.
//!
//! ## Why it matters
//! The container does no work. The pauses between attempts grow to five minutes, so that even after the
//! cause is repaired the pod may take that long to come back by itself.
//!
//! ## When it stays silent
//! For a container that crashed once and runs since, for pods that ended or are being deleted, for init
//! containers (`pod/init-failed`), for a memory limit (`pod/oom-killed`) and a failing probe (`pod/liveness`).
//!
//! ## What to do
//! Read the log of the instance that crashed (`kubectl logs --previous`): its last lines usually name the
//! cause. Exit code 127 or "executable file not found" mean that `command` names a program that the image
//! does not hold; 126 that it is not executable.

use crate::containers::{Seen, Story, describe, seen};
use crate::crashes::{never_started, remedy};
use crate::messages::runtime_cause;
use crate::{Findings, Rule, Severity, Source, callers, netpol, prometheus, usage, words};
use view::{Kind, Object, Terminated, View};

/// The rule `pod/crash-loop`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Pod,
        Kind::Event,
        Kind::ConfigMap,
        Kind::Secret,
        Kind::Service,
        Kind::NetworkPolicy,
        Kind::Namespace,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in seen(pod).filter(|container| !container.init) {
            if container.is_looping(view.now) && container.story(view) == Story::Itself {
                report(view, &container, out);
            }
        }
    }
}

fn report(view: &View, container: &Seen<'_>, out: &mut Findings) {
    let name = &container.status.name;
    let (says, key) = match container.last_end() {
        Some(end) => words_for(view, container, end),
        None => (
            format!("crashes after every start: container {name} ends and gives no reason"),
            "crashes".to_owned(),
        ),
    };
    let finding = out.on(container.pod.reference(), says);
    finding.brief("crash-looping").same(format!("{name}: {key}"));
    if let Some(end) = container.last_end() {
        let reason = if end.reason.is_empty() { "Terminated" } else { end.reason.as_str() };
        let restarts = words::count(container.status.restart_count.max(0) as usize, "restart");
        finding.proof(
            Source::Status,
            format!("lastState: {reason}, {}, {restarts}", words::exit_code(end.exit_code, &end.reason)),
        );
        finding.proof(Source::Status, runtime_cause(&end.message));
        finding.because_all(usage::absent_sub_paths(view, container));
        finding.because_all(prometheus::explains(view, container.pod, name));
        finding.fix(remedy(view, container, end));
        let command = container.command();
        if !command.is_empty() && matches!(end.exit_code, 0 | 126..=128) {
            finding.proof(Source::Spec, format!("command: {command}")).field("spec.containers.command");
        }
        if !never_started(end) {
            finding.because_all(netpol::explaining(view, container.pod));
            callers::suspect(view, container.pod, finding);
            finding.log(&container.pod.metadata, name, container.last_log_is_previous());
        }
    } else {
        finding.proof(Source::Status, container.waiting_message());
        finding.fix(format!("read the log of container {name} and correct what makes it end"));
    }
    finding.command(container.logs_command()).command(describe(container.pod));
}

/// The sentence, and what makes it the same fault on another replica.
fn words_for(view: &View, container: &Seen<'_>, end: &Terminated) -> (String, String) {
    let name = &container.status.name;
    if never_started(end) {
        let cause = runtime_cause(&end.message);
        let cause = if cause.is_empty() { "the runtime gives no reason" } else { &*cause };
        return (format!("cannot start container {name}: {cause}"), cause.to_owned());
    }
    if let Some(hook) = container.failed_hook(view) {
        let says =
            format!("is killed after every start: the postStart hook of container {name} fails: {hook}");
        return (says, "postStart".to_owned());
    }
    if let Some(probe) = container.suspected_probe(end) {
        let exit = words::exit_code(end.exit_code, &end.reason);
        let says = format!(
            "is restarted again and again: container {name} ends with {exit}, probably killed by its {probe}"
        );
        return (says, "probe".to_owned());
    }
    let key = end.exit_code.to_string();
    let says = match end.exit_code {
        0 => format!("ends after every start: the command of container {name} finishes with exit code 0"),
        code => {
            let exit = words::exit_code(code, &end.reason);
            format!("crashes after every start: container {name} ends with {exit}")
        }
    };
    (says, key)
}
