//! # ScaledObject runs on its fallback
//!
//! ## What it finds
//! A ScaledObject of KEDA whose condition `Fallback` is True: a trigger has failed so often that the number of
//! replicas is the one that `spec.fallback` gives.
//!
//! ## Why it matters
//! The load is not followed; the fixed number may be too few or too many.
//!
//! ## When it stays silent
//! While it is paused or being deleted, and where `scaledobject/not-ready` tells the same.
//!
//! ## What to do
//! Bring back what the trigger asks: the queue, the metrics server, its credentials.

use crate::autoscale::is_paused;
use crate::containers::{EVENT_SECONDS, is_recent};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Kind, Object, View};

/// The rule `scaledobject/fallback`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ScaledObject, Kind::Event],
    severity: Severity::Warning,
    since: "0.2.0",
    default: true,
    yields_to: &["scaledobject/not-ready", "scaledobject/target-missing"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let live =
        view.scaled_objects.iter().filter(|s| s.metadata.deletion_timestamp.is_none() && !is_paused(s));
    for scaled in live {
        let fallback = view::condition(&scaled.status.conditions, "Fallback");
        let Some(said) = fallback.filter(|c| c.is_true()) else { continue };
        let kinds = words::join_some(scaled.spec.triggers.iter().map(|trigger| &trigger.kind), 4);
        let health = scaled.status.health.iter().flatten();
        let failing = health.filter(|(_, health)| health.status == "Failing").map(|(name, _)| name);
        let failing = words::join_some(failing, 3);
        let which = if failing.is_empty() {
            format!("its triggers ({kinds}) fail")
        } else {
            format!("{failing} fails")
        };
        let finding = out.on(scaled.reference(), format!("runs on its fallback number of replicas: {which}"));
        finding
            .brief("runs on its fallback")
            .field("status.conditions")
            .proof(Source::Status, format!("Fallback=True: {}: {}", said.reason, said.message));
        let mut events = view.events_of("ScaledObject", &scaled.metadata);
        if let Some(event) = events.find(|event| event.is_warning() && is_recent(view, event, EVENT_SECONDS))
        {
            finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
        }
        let (namespace, name) = (&scaled.metadata.namespace, &scaled.metadata.name);
        finding.fix(format!("bring back what the trigger of ScaledObject {namespace}/{name} asks ({kinds})"));
        finding.command(format!("kubectl -n {namespace} describe scaledobject {name}"));
    }
}
