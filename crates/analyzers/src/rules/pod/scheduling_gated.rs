//! # Pod is held back by scheduling gates
//!
//! ## What it finds
//! A pod that is not offered to the scheduler because `spec.schedulingGates` is not empty, and the names of
//! the gates.
//!
//! ## Why it matters
//! Nothing is broken: a controller (a job queue, a quota manager) holds the pod back until it may run. If
//! that controller is gone, the pod waits for ever.
//!
//! ## When it stays silent
//! For pods without gates, and for pods that are being deleted.
//!
//! ## What to do
//! Ask the controller that owns the gate why it does not let the pod go (a Kueue `Workload`, for instance).

use crate::containers::{age, describe};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `pod/scheduling-gated`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Pod],
    severity: Severity::Info,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let held = |pod: &view::Pod| {
        pod.should_run() && pod.spec.node_name.is_empty() && !pod.spec.scheduling_gates.is_empty()
    };
    for pod in view.pods.iter().filter(|pod| held(pod)) {
        let gates = words::join_some(pod.spec.scheduling_gates.iter().map(|gate| &*gate.name), 4);
        let finding =
            out.on(pod.reference(), format!("is not scheduled yet: held back by scheduling gate {gates}"));
        finding.brief("held back by a scheduling gate").same(gates.clone()).field("spec.schedulingGates");
        if let Some(said) = view::condition(&pod.status.conditions, "PodScheduled") {
            finding.proof(Source::Status, format!("{}: {}", said.reason, said.message));
        }
        if let Some(age) = age(view, pod) {
            finding.proof(Source::Status, format!("waiting for {}", words::age(age)));
        }
        finding.fix(format!(
            "look at the controller that sets {gates}: it removes the gate when the pod may run"
        ));
        finding.command(describe(pod));
    }
}
