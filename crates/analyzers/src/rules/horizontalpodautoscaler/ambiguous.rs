//! # Several autoscalers for the same pods
//!
//! ## What it finds
//! Two or more HorizontalPodAutoscalers that name the same target, or whose targets' selectors match the same
//! pods (`AmbiguousSelector`). An autoscaler that KEDA made for a ScaledObject counts as the ScaledObject's.
//!
//! ## Why it matters
//! They work against each other; the controller refuses to follow any of them.
//!
//! ## When it stays silent
//! For autoscalers of different targets whose pods differ, and while one of them is being deleted.
//!
//! ## What to do
//! Keep one, with all the metrics: a HorizontalPodAutoscaler takes several and follows the highest.

use crate::autoscale::{reference, scaled_object};
use crate::{Findings, Rule, Severity, Source, words};
use std::collections::BTreeMap;
use std::sync::Arc;
use view::{HorizontalPodAutoscaler, Kind, Object, ObjectRef, View};

/// The rule `horizontalpodautoscaler/ambiguous`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HorizontalPodAutoscaler],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

type Group<'a> = Vec<&'a Arc<HorizontalPodAutoscaler>>;

fn run(view: &View, out: &mut Findings) {
    for (scaled, group) in groups(view) {
        let Some((first, others)) = group.split_first().filter(|(_, others)| !others.is_empty()) else {
            continue;
        };
        let name = |hpa: &HorizontalPodAutoscaler| match scaled_object(view, hpa) {
            Some(owner) => format!("{owner} (through {})", hpa.metadata.name),
            None => hpa.reference().to_string(),
        };
        let names = words::join_some(others.iter().map(|hpa| name(hpa)), 3);
        let says = format!(
            "is not alone: {names} {} {scaled} too",
            if others.len() == 1 { "scales" } else { "scale" }
        );
        let finding = out.on(first.reference(), says);
        finding.brief("several autoscalers for the same pods").field("spec.scaleTargetRef");
        for hpa in &group {
            let target = &hpa.spec.scale_target_ref;
            finding.proof(Source::Spec, format!("{} scales {} {}", name(hpa), target.kind, target.name));
        }
        let told = group.iter().find_map(|hpa| ambiguous(hpa));
        if let Some(told) = told {
            finding.proof(Source::Status, told);
        }
        finding.fix(format!(
            "keep one of {}, {names}, with the metrics of all, and delete the others",
            name(first)
        ));
        finding.command(format!("kubectl -n {} get hpa", first.metadata.namespace));
        for hpa in others {
            let finding = out.on(hpa.reference(), format!("scales {scaled} together with {}", name(first)));
            finding.brief("scales the same pods").because(first.reference()).field("spec.scaleTargetRef");
            finding.fix(format!("keep one of {}, {}", name(first), name(hpa)));
        }
    }
}

/// Autoscalers by what they scale together: by target, and by the pods of which the controller says so.
fn groups(view: &View) -> Vec<(String, Group<'_>)> {
    let live = view.horizontal_pod_autoscalers.iter().filter(|hpa| hpa.metadata.deletion_timestamp.is_none());
    let mut by_target: BTreeMap<(&str, ObjectRef), Group<'_>> = BTreeMap::new();
    for hpa in live {
        let target = &hpa.spec.scale_target_ref;
        let key = (target.group(), reference(&hpa.metadata.namespace, target));
        by_target.entry(key).or_default().push(hpa);
    }
    let mut by_pods: BTreeMap<(&str, Vec<&str>), Group<'_>> = BTreeMap::new();
    let mut groups = Vec::new();
    for ((_, target), group) in by_target {
        // Targets that differ and select the same pods: only the controller's words tell.
        let told = ambiguous(group[0]).and_then(|told| told.split_once("multiple HPAs: "));
        match (told, group.len()) {
            (Some((_, list)), 1) => {
                let mut names: Vec<&str> = list.split(['[', ']', '{', '}', ' ', '/']).collect();
                names.sort_unstable();
                let key = (group[0].metadata.namespace.as_str(), names);
                by_pods.entry(key).or_default().push(group[0]);
            }
            _ => groups.push((target.to_string(), group)),
        }
    }
    groups.extend(by_pods.into_values().map(|group| ("the same pods".to_owned(), group)));
    groups
}

fn ambiguous(hpa: &HorizontalPodAutoscaler) -> Option<&str> {
    let active = view::condition(&hpa.status.conditions, "ScalingActive")?;
    (active.is_false() && active.reason == "AmbiguousSelector").then(|| active.message.as_str())
}
