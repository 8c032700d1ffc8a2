//! # Node is short of a resource
//!
//! ## What it finds
//! A node that reports memory, disk or process-id pressure, or that its network is unavailable.
//!
//! ## Why it matters
//! A node under pressure takes no new pods of the lower classes and evicts those that it has.
//!
//! ## When it stays silent
//! When the conditions are False, for nodes that are not ready (`node/not-ready` tells it), and, about the
//! network, in the first two minutes of a node.
//!
//! ## What to do
//! Memory: find the pods without limits. Disk: remove unused images and large logs, or enlarge the disk.
//! Process ids: find the pod that forks without end. Network: look at the network plugin or the cloud's
//! route controller.

use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `node/pressure`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Node],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["node/not-ready"],
    run,
};

/// A cloud makes the routes of a new node after it has joined (seconds).
const JOINING_SECONDS: i64 = 120;

/// Condition, what it means, what to do on the node.
const PRESSURES: &[(&str, &str, &str)] = &[
    ("MemoryPressure", "is short of memory", "find the pods that use most memory on it and give them limits"),
    (
        "DiskPressure",
        "is short of disk space",
        "remove unused images and large logs on it, or enlarge its disk",
    ),
    (
        "PIDPressure",
        "is short of process ids",
        "find the pod on it that starts too many processes and set a PID limit",
    ),
    (
        "NetworkUnavailable",
        "has no network for its pods",
        "look at the network plugin's pod on it, or at the cloud's routes",
    ),
];

fn run(view: &View, out: &mut Findings) {
    for node in view.nodes.iter() {
        for (kind, means, fix) in PRESSURES {
            let condition = view::condition(&node.status.conditions, kind);
            let Some(condition) = condition.filter(|condition| condition.is_true()) else { continue };
            let joined = node.metadata.creation_timestamp.map(|at| view.now.seconds_since(at));
            if *kind == "NetworkUnavailable" && joined.is_some_and(|age| age < JOINING_SECONDS) {
                continue;
            }
            let finding = out.on(node.reference(), means);
            finding.brief(*means).field("status.conditions");
            finding
                .proof(Source::Status, format!("{kind}=True: {}: {}", condition.reason, condition.message));
            if let Some(since) = condition.last_transition_time {
                let age = words::age(view.now.seconds_since(since));
                finding.proof(Source::Status, format!("since {since} ({age})"));
            }
            finding.fix(format!("node {}: {fix}", node.metadata.name));
            finding.command(format!("kubectl describe node {}", node.metadata.name));
            finding.command(format!("kubectl top node {}", node.metadata.name));
        }
    }
}
