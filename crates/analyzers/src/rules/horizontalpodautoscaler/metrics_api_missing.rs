//! # Nobody serves the metrics that autoscalers need
//!
//! ## What it finds
//! One of the APIs from which metrics come (`metrics.k8s.io`, `custom.metrics.k8s.io`,
//! `external.metrics.k8s.io`) that is not registered, while HorizontalPodAutoscalers ask it in vain: its server
//! was never installed or is gone. The finding is on the missing APIService, one for all autoscalers.
//!
//! ## Why it matters
//! No autoscaler that follows such metrics works. Without `metrics.k8s.io`, `kubectl top` does not either.
//!
//! ## When it stays silent
//! Where no autoscaler complains of it, and where APIServices could not be read.
//!
//! ## What to do
//! Install the server: metrics-server for cpu and memory, an adapter for custom and external metrics.

use crate::autoscale::{APIS, MetricsApi, inactive};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Condition, Kind, Object, ObjectRef, View};

/// The rule `horizontalpodautoscaler/metrics-api-missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::HorizontalPodAutoscaler, Kind::APIService],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for api in &APIS {
        let Some(Err(missing)) = api.service(view) else { continue };
        let asks = |said: &Condition| {
            MetricsApi::asked_in_vain(&said.message).is_some_and(|(asked, _)| asked.group == api.group)
        };
        let all = view.horizontal_pod_autoscalers.iter();
        let asking: Vec<(ObjectRef, &Condition)> = all
            .filter_map(|hpa| inactive(hpa).filter(|said| asks(said)).map(|said| (hpa.reference(), said)))
            .collect();
        let Some((_, said)) = asking.first() else { continue };
        let needs = if asking.len() == 1 { "needs" } else { "need" };
        let names = words::join_some(asking.iter().map(|(hpa, _)| hpa), 3);
        let says = format!("does not exist: nobody serves the metrics that {names} {needs}");
        let finding = out.on(missing, says);
        finding
            .brief("does not exist")
            .proof(Source::Status, format!("{}: {}", said.reason, said.message))
            .proof(Source::Cluster, format!("no APIService of group {} is registered", api.group));
        finding.fix(format!("install {}, which serves {}", api.server, api.group));
        if api.group == "metrics.k8s.io" {
            finding.command(
                "kubectl apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml",
            );
        }
        finding.command("kubectl get apiservices");
    }
}
