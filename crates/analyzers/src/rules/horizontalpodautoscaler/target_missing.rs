//! # Autoscaler's target does not exist
//!
//! ## What it finds
//! A HorizontalPodAutoscaler whose `scaleTargetRef` names a Deployment, StatefulSet, ReplicaSet or
//! ReplicationController that does not exist in its namespace.
//!
//! ## Why it matters
//! It scales nothing. What should follow the load keeps the number of replicas that it was given.
//!
//! ## When it stays silent
//! For targets of other kinds (custom resources may be scaled too), while the kind could not be read, in the
//! first minute of the autoscaler, and while it is being deleted.
//!
//! ## What to do
//! Correct the name, create the workload, or delete the autoscaler if it is a leftover.

use crate::autoscale::{Target, near, reference, scaled_object, target};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `horizontalpodautoscaler/target-missing`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::HorizontalPodAutoscaler,
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
    for hpa in view.horizontal_pod_autoscalers.iter() {
        let (meta, wanted) = (&hpa.metadata, &hpa.spec.scale_target_ref);
        let young = meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < INSTALLING);
        let gone = young || meta.deletion_timestamp.is_some();
        if gone || !matches!(target(view, &meta.namespace, wanted), Target::Missing) {
            continue;
        }
        let missing = reference(&meta.namespace, wanted);
        let finding = out.on(hpa.reference(), format!("scales {missing}, which does not exist"));
        finding
            .brief("scales nothing")
            .field("spec.scaleTargetRef.name")
            .because_all(scaled_object(view, hpa))
            .proof(Source::Spec, format!("scaleTargetRef: {} {}", wanted.kind, wanted.name));
        if let Some(able) = view::condition(&hpa.status.conditions, "AbleToScale").filter(|c| c.is_false()) {
            finding.proof(Source::Status, format!("{}: {}", able.reason, able.message));
        }
        let (namespace, name) = (&meta.namespace, &meta.name);
        let near = near(view, &missing);
        if !near.is_empty() {
            let kind = &missing.kind;
            finding.proof(Source::Cluster, format!("near {kind}s in {namespace}: {}", near.join(", ")));
            finding.fix(format!(
                "set scaleTargetRef.name of HorizontalPodAutoscaler {namespace}/{name} to {}, if that is meant",
                near.join(" or ")
            ));
        }
        finding.fix(format!(
            "create {missing}, or delete HorizontalPodAutoscaler {namespace}/{name} if it is a leftover"
        ));
        finding.command(format!("kubectl -n {namespace} describe hpa {name}"));
    }
}
