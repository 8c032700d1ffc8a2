//! # Autoscaler is at its limit
//!
//! ## What it finds
//! A HorizontalPodAutoscaler that has wanted more replicas than `maxReplicas` for five minutes or longer
//! (`ScalingLimited`, `TooManyReplicas`), with what was measured and what the target is.
//!
//! ## Why it matters
//! The load is higher than what this many replicas can take; it will get slower or fail.
//!
//! ## When it stays silent
//! At `minReplicas` (`TooFewReplicas`), while the number of replicas is what the metrics ask for even if that is
//! the maximum, in short peaks, and where minimum and maximum are the same on purpose.
//!
//! ## What to do
//! Raise `maxReplicas` if the cluster has room, make the pods need less, or correct the target.

use crate::autoscale::lasted;
use crate::{Findings, Rule, Severity, Source, words};
use view::{HorizontalPodAutoscaler, Kind, Object, View};

/// The rule `horizontalpodautoscaler/limited`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HorizontalPodAutoscaler],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &[
        "horizontalpodautoscaler/no-metrics",
        "horizontalpodautoscaler/target-missing",
        "horizontalpodautoscaler/cannot-scale",
    ],
    run,
};

/// Seconds of a peak that is none of our business.
const PEAK: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for hpa in view.horizontal_pod_autoscalers.iter().filter(|hpa| hpa.metadata.deletion_timestamp.is_none())
    {
        let limited = view::condition(&hpa.status.conditions, "ScalingLimited");
        let applies =
            |c: &&view::Condition| c.is_true() && c.reason == "TooManyReplicas" && lasted(view, c) > PEAK;
        let max = hpa.spec.max_replicas;
        let Some(said) = limited.filter(applies).filter(|_| hpa.spec.min_replicas.unwrap_or(1) < max) else {
            continue;
        };
        let measured = measured(hpa);
        let why =
            if measured.is_empty() { String::new() } else { format!(": {}", words::join_some(&measured, 3)) };
        let finding = out.on(hpa.reference(), format!("wants more than its maxReplicas of {max}{why}"));
        finding
            .brief(format!("wants more than {max} replicas"))
            .field("spec.maxReplicas")
            .proof(Source::Status, format!("{}: {}", said.reason, said.message));
        if let Some(since) = said.last_transition_time {
            finding.proof(Source::Status, format!("since {}", words::age(view.now.seconds_since(since))));
        }
        let (namespace, name) = (&hpa.metadata.namespace, &hpa.metadata.name);
        let target = &hpa.spec.scale_target_ref;
        finding.fix(format!(
            "raise maxReplicas of HorizontalPodAutoscaler {namespace}/{name} above {max} if the cluster has room, or make the pods of {} {} need less",
            target.kind, target.name
        ));
        finding.command(format!("kubectl -n {namespace} describe hpa {name}"));
    }
}

/// `cpu utilization is 230%, the target 70%` for every resource that is above its target.
fn measured(hpa: &HorizontalPodAutoscaler) -> Vec<String> {
    let wanted = |name: &str| {
        let resources = hpa.spec.metrics.iter().filter_map(|metric| metric.resource.as_ref());
        resources.filter(|r| r.name == name).find_map(|r| r.target.average_utilization)
    };
    let current = hpa.status.current_metrics.iter().filter_map(|metric| metric.resource.as_ref());
    let above = current.filter_map(|now| {
        let (name, used) = (&now.name, now.current.average_utilization?);
        let target = wanted(name).filter(|target| used > *target)?;
        Some(format!("{name} utilization is {used}%, the target {target}%"))
    });
    above.collect()
}
