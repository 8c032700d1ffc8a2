//! # Log tells of errors
//!
//! ## What it finds
//! A container that runs and is ready, and whose last lines tell of errors: lines at an error level, panics, stack
//! traces, refused connections, expired certificates, full disks. One pod of each workload is looked at, its last
//! 100 lines, up to 200 containers.
//!
//! ## Why it matters
//! A program may log that it fails and go on as if it did not. It may also do so every day, with good reason.
//!
//! ## When it stays silent
//! Unless the filter `Log` is chosen, because it reads a log of every workload. For lines at other levels, lines
//! that merely hold a word such as `0 errors`, pods that are not ready, and logs that cannot be read.
//!
//! ## What to do
//! Read on in the log. What crashes or is not ready has a finding of its own, with its log.

use crate::{Findings, Rule, Severity};
use std::collections::BTreeSet;
use std::sync::Arc;
use view::{Kind, Object, ObjectRef, Pod, View};

/// The rule `log/errors`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod, Kind::ReplicaSet, Kind::Job],
    severity: Severity::Info,
    since: "0.2.0",
    default: false,
    yields_to: &["pod/*"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut owners: BTreeSet<ObjectRef> = BTreeSet::new();
    let serving = |pod: &&Arc<Pod>| pod.should_run() && pod.is_ready() && pod.status.phase == "Running";
    for pod in view.pods.iter().filter(serving) {
        // Replicas say the same: the first one speaks for all.
        if !owners.insert(view.top_owner(&pod.reference(), &pod.metadata)) {
            continue;
        }
        for container in &pod.spec.containers {
            let (namespace, name) = (&pod.metadata.namespace, &pod.metadata.name);
            let finding = out.on(pod.reference(), format!("logs errors in container {}", container.name));
            finding
                .brief(format!("container {} logs errors", container.name))
                .log_alone(&pod.metadata, &container.name)
                .fix(format!("read on: kubectl -n {namespace} logs {name} -c {}", container.name));
            finding.command(format!("kubectl -n {namespace} logs {name} -c {} --tail=200", container.name));
        }
    }
}
