//! # Init container fails
//!
//! ## What it finds
//! An init container that ends with an error and is tried again and again, or that cannot be started at
//! all: which one, with what exit code, and what its log says.
//!
//! ## Why it matters
//! Init containers run one after the other, before all others: the pod's own containers do not start
//! until every one of them has succeeded.
//!
//! ## When it stays silent
//! For init containers that run or have succeeded, for a first failure that is being tried again, for
//! sidecars (`restartPolicy: Always`), for memory kills (`pod/oom-killed`), and for pods that ended or are
//! being deleted.
//!
//! ## What to do
//! Read the init container's log. Often it waits for, migrates or fetches something that is not there.

use crate::containers::{Seen, Story, describe, seen};
use crate::messages::runtime_cause;
use crate::{Findings, Rule, Severity, Source, netpol, words};
use view::{Kind, Object, View};

/// The rule `pod/init-failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event, Kind::Service, Kind::NetworkPolicy, Kind::Namespace],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in seen(pod).filter(|container| container.init) {
            if container.is_looping(view.now) && container.story(view) != Story::OutOfMemory {
                report(view, &container, out);
            }
        }
    }
}

fn report(view: &View, container: &Seen<'_>, out: &mut Findings) {
    let (pod, name) = (container.pod, &container.status.name);
    let order: Vec<&str> = pod.spec.init_containers.iter().map(|c| c.name.as_str()).collect();
    let place = order.iter().position(|n| *n == name.as_str()).map_or(1, |at| at + 1);
    let end = container.last_end();
    let exit = end.map(|end| match runtime_cause(&end.message) {
        cause if matches!(end.reason.as_str(), "StartError" | "ContainerCannotRun") => {
            format!("cannot be started: {cause}")
        }
        _ => format!("ends with {}", words::exit_code(end.exit_code, &end.reason)),
    });
    let exit = exit.unwrap_or_else(|| "ends and gives no reason".to_owned());
    let finding = out.on(pod.reference(), format!("does not start: init container {name} {exit}"));
    finding.brief(format!("init container {name} fails")).same(format!("{name}: {exit}"));
    let restarts = words::count(container.status.restart_count.max(0) as usize, "restart");
    finding.proof(
        Source::Status,
        format!("init container {place} of {} ({name}): {exit}, {restarts}", order.len()),
    );
    if let Some(end) = end.filter(|end| !end.message.is_empty()) {
        finding.proof(Source::Status, &end.message);
    }
    let waiting: Vec<&str> = pod.spec.containers.iter().map(|c| c.name.as_str()).collect();
    let rest = format!("container {} waits for it", words::join_some(waiting, 3));
    finding.fix(match exit.starts_with("ends") {
        true => format!("read the log of init container {name} and correct what ends it: {rest}"),
        false => format!("correct the command of init container {name} (`{}`): {rest}", container.command()),
    });
    finding.command(container.logs_command()).command(describe(pod)).field("spec.initContainers");
    if exit.starts_with("ends") {
        finding.because_all(netpol::explaining(view, pod));
        finding.log(&pod.metadata, name, container.last_log_is_previous());
    }
}
