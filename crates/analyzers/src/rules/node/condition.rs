//! # Node reports a problem of its own kind
//!
//! ## What it finds
//! Conditions that something else than the kubelet sets (node-problem-detector, a cloud's node agent), read
//! by what their name means: `…Ready` should be True; `…Problem`, `…Pressure`, `…Deadlock`, `…Unavailable`,
//! `…Failed`, `…Corrupt…`, `ReadonlyFilesystem`, `Frequent…` and the like should be False.
//!
//! ## Why it matters
//! Such a condition is often the first sign of a failing disk, a kernel fault or a broken runtime.
//!
//! ## When it stays silent
//! For healthy values, for types whose meaning is unknown unless their status is Unknown, and for
//! `EtcdIsVoter`, which only tells a role.
//!
//! ## What to do
//! Read the condition's message and the log of the agent that sets it.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Condition, Kind, Object, View};

/// The rule `node/condition`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node],
    severity: Severity::Warning,
    since: "0.1.0",
    default: true,
    yields_to: &["node/not-ready"],
    run,
};

/// Conditions with rules of their own, and one that tells a role.
const OTHERS: &[&str] =
    &["Ready", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable", "EtcdIsVoter"];

/// Parts of names of conditions that should be False.
const BAD_WHEN_TRUE: &[&str] = &[
    "Pressure",
    "Problem",
    "Deadlock",
    "Unavailable",
    "Failed",
    "Failure",
    "Corrupt",
    "Unhealthy",
    "NotReady",
    "Error",
];

fn run(view: &View, out: &mut Findings) {
    for node in view.nodes.iter() {
        for condition in node.status.conditions.iter().filter(|c| !OTHERS.contains(&&*c.kind) && is_bad(c)) {
            let (kind, status) = (&condition.kind, &condition.status);
            let said = if condition.message.is_empty() { &condition.reason } else { &condition.message };
            let says = format!("reports {kind}={status}: {}", said.trim_end_matches('.'));
            let finding = out.on(node.reference(), says);
            finding
                .brief(format!("{kind}={status}"))
                .same(format!("{kind}={status}"))
                .field("status.conditions");
            finding.proof(
                Source::Status,
                format!("{kind}={status}: {}: {}", condition.reason, condition.message),
            );
            if let Some(since) = condition.last_transition_time {
                let age = words::age(view.now.seconds_since(since));
                finding.proof(Source::Status, format!("since {since} ({age})"));
            }
            finding.fix(format!("see to what sets {kind} on node {}: {said}", node.metadata.name));
            finding.command(format!("kubectl describe node {}", node.metadata.name));
        }
    }
}

/// A condition whose status is not the one that its name makes good.
fn is_bad(condition: &Condition) -> bool {
    let kind = condition.kind.as_str();
    let bad_when_true = BAD_WHEN_TRUE.iter().any(|part| kind.contains(part))
        || kind.starts_with("Frequent")
        || kind.eq_ignore_ascii_case("ReadonlyFilesystem");
    match condition.status.as_str() {
        "Unknown" => true,
        "True" => bad_when_true,
        "False" => kind.ends_with("Ready") && !bad_when_true,
        _ => false,
    }
}
