//! # ScaledObject's target does not exist
//!
//! ## What it finds
//! A ScaledObject of KEDA whose `scaleTargetRef` names a Deployment, StatefulSet or ReplicaSet that does not exist
//! in its namespace. Without a kind it means a Deployment.
//!
//! ## Why it matters
//! KEDA makes no autoscaler for it: nothing is scaled.
//!
//! ## When it stays silent
//! For targets of other kinds (any resource with a scale may be scaled), while the kind could not be read, in its
//! first minute, while it is paused, and while it is being deleted.
//!
//! ## What to do
//! Correct the name, create the workload, or delete the ScaledObject if it is a leftover.

use crate::autoscale::{Target, is_paused, near, reference, target};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `scaledobject/target-missing`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::ScaledObject,
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::ReplicaSet,
        Kind::ReplicationController,
        Kind::Pod,
    ],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds in which the rest of an installation may follow.
const INSTALLING: i64 = 60;

fn run(view: &View, out: &mut Findings) {
    for scaled in view.scaled_objects.iter().filter(|scaled| !is_paused(scaled)) {
        let (meta, wanted) = (&scaled.metadata, &scaled.spec.scale_target_ref);
        let young = meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < INSTALLING);
        let gone = young || meta.deletion_timestamp.is_some();
        if gone || !matches!(target(view, &meta.namespace, wanted), Target::Missing) {
            continue;
        }
        let missing = reference(&meta.namespace, wanted);
        let finding = out.on(scaled.reference(), format!("scales {missing}, which does not exist"));
        finding.brief("scales nothing").field("spec.scaleTargetRef.name");
        finding.proof(Source::Spec, format!("scaleTargetRef: {} {}", missing.kind, missing.name));
        if let Some(ready) = view::condition(&scaled.status.conditions, "Ready").filter(|c| c.is_false()) {
            finding.proof(Source::Status, format!("{}: {}", ready.reason, ready.message));
        }
        let (namespace, name) = (&meta.namespace, &meta.name);
        let near = near(view, &missing);
        if !near.is_empty() {
            let kind = &missing.kind;
            finding.proof(Source::Cluster, format!("near {kind}s in {namespace}: {}", near.join(", ")));
            finding.fix(format!(
                "set scaleTargetRef.name of ScaledObject {namespace}/{name} to {}, if that is meant",
                near.join(" or ")
            ));
        }
        finding
            .fix(format!("create {missing}, or delete ScaledObject {namespace}/{name} if it is a leftover"));
        finding.command(format!("kubectl -n {namespace} describe scaledobject {name}"));
    }
}
