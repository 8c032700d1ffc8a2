//! # Autoscaler cannot reach its target
//!
//! ## What it finds
//! A HorizontalPodAutoscaler whose condition `AbleToScale` is False: the scale of its target cannot be read
//! (`FailedGetScale`: no such object, no such kind, a wrong `apiVersion`, a kind that cannot be scaled) or not be
//! written (`FailedUpdateScale`: refused by a webhook or for lack of permission).
//!
//! ## Why it matters
//! It does not scale at all.
//!
//! ## When it stays silent
//! In the first minute of the condition, while it is being deleted, and where
//! `horizontalpodautoscaler/target-missing` tells the same of a target that is known not to exist.
//!
//! ## What to do
//! Correct `scaleTargetRef` (kind, apiVersion, name), or lift what refuses the change.

use crate::autoscale::{Target, lasted, reference, scaled_object, tail, target};
use crate::{Findings, Rule, Severity, Source};
use view::{Kind, Object, View};

/// The rule `horizontalpodautoscaler/cannot-scale`.
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
    yields_to: &["horizontalpodautoscaler/target-missing"],
    run,
};

/// Seconds that pass before the controller looks again and a conflict resolves itself.
const BLIP: i64 = 60;

fn run(view: &View, out: &mut Findings) {
    for hpa in view.horizontal_pod_autoscalers.iter().filter(|hpa| hpa.metadata.deletion_timestamp.is_none())
    {
        let able = view::condition(&hpa.status.conditions, "AbleToScale");
        let Some(said) = able.filter(|c| c.is_false() && lasted(view, c) > BLIP) else { continue };
        let (meta, wanted) = (&hpa.metadata, &hpa.spec.scale_target_ref);
        // A target that has just come: the controller has yet to look again.
        if let Target::Found(scaled) = target(view, &meta.namespace, wanted)
            && scaled.meta.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < BLIP)
        {
            continue;
        }
        let object = reference(&meta.namespace, wanted);
        let verb = if said.reason == "FailedUpdateScale" { "change" } else { "read" };
        let why = tail(&said.message);
        let finding = out.on(hpa.reference(), format!("cannot {verb} the scale of {object}: {why}"));
        let shown = match wanted.api_version.is_empty() {
            true => format!("{} {} (no apiVersion)", wanted.kind, wanted.name),
            false => format!("{} {} {}", wanted.api_version, wanted.kind, wanted.name),
        };
        finding
            .brief(format!("cannot {verb} the scale of its target"))
            .field("spec.scaleTargetRef")
            .because_all(scaled_object(view, hpa))
            .proof(Source::Status, format!("{}: {}", said.reason, said.message))
            .proof(Source::Spec, format!("scaleTargetRef: {shown}"));
        finding.fix(match (verb, wanted.group(), wanted.kind.as_str()) {
            ("change", ..) => format!("lift what refuses the change of {object}: {why}"),
            (_, group, "Deployment" | "StatefulSet" | "ReplicaSet") if group != "apps" => {
                format!("set scaleTargetRef.apiVersion of {} to apps/v1", hpa.reference())
            }
            _ => format!("correct scaleTargetRef of {}, or create {object}", hpa.reference()),
        });
        finding.command(format!("kubectl -n {} describe hpa {}", meta.namespace, meta.name));
    }
}
