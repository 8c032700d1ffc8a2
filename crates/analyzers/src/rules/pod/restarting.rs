//! # Container runs, but was restarted lately
//!
//! ## What it finds
//! A container that is running now, has been restarted three times or more, and ended with an error
//! within the last hour.
//!
//! ## Why it matters
//! It works between the crashes, so that nothing else looks broken, yet every crash drops the requests in
//! flight and the next one will come.
//!
//! ## When it stays silent
//! For fewer restarts, for a last crash more than an hour ago, for clean ends, after a restart of the
//! node (reason `Unknown`), and while the container still counts as crash-looping (`pod/crash-loop`),
//! was killed for its memory (`pod/oom-killed`) or by a probe (`pod/liveness`).
//!
//! ## What to do
//! Read the log of the previous instance; its last lines usually name the cause.

use crate::containers::{EVENT_SECONDS, Seen, Story, describe, seen};
use crate::{Findings, Rule, Severity, Source, netpol, words};
use view::{Kind, Object, Terminated, View};

/// The rule `pod/restarting`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::Event, Kind::Service, Kind::NetworkPolicy, Kind::Namespace],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &["pod/crash-loop"],
    run,
};

/// Fewer restarts than this prove nothing.
const RESTARTS_MIN: i64 = 3;

fn run(view: &View, out: &mut Findings) {
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in seen(pod).filter(|c| !c.init && c.status.state.running.is_some()) {
            let lately = container.seconds_since_end(view.now).is_some_and(|s| s <= EVENT_SECONDS);
            let often = container.status.restart_count >= RESTARTS_MIN;
            if !often || !lately || container.is_looping(view.now) {
                continue;
            }
            let end = container.last_end().filter(|end| end.exit_code != 0 && end.reason != "Unknown");
            if let Some(end) = end.filter(|_| container.story(view) == Story::Itself) {
                report(view, &container, end, out);
            }
        }
    }
}

fn report(view: &View, container: &Seen<'_>, end: &Terminated, out: &mut Findings) {
    let name = &container.status.name;
    let exit = words::exit_code(end.exit_code, &end.reason);
    let restarts = words::count(container.status.restart_count.max(0) as usize, "restart");
    let ago = words::age(container.seconds_since_end(view.now).unwrap_or_default());
    let says = format!("runs after {restarts}, but container {name} crashed {ago} ago: {exit}");
    let finding = out.on(container.pod.reference(), says);
    finding.brief(restarts.clone()).same(format!("{name}: {}", end.exit_code));
    let at = end.finished_at.map(|at| format!(", at {at}")).unwrap_or_default();
    finding.proof(Source::Status, format!("lastState: {}, {exit}{at}", end.reason));
    finding.proof(Source::Status, &end.message);
    finding.fix(format!(
        "read why container {name} ended with exit code {} before it crashes again",
        end.exit_code
    ));
    finding.because_all(netpol::explaining(view, container.pod));
    finding.command(container.logs_command()).command(describe(container.pod));
    finding.log(&container.pod.metadata, name, true);
}
