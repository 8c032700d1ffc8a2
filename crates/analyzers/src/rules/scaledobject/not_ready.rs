//! # ScaledObject does not work
//!
//! ## What it finds
//! A ScaledObject of KEDA that KEDA itself reports as not ready: its check failed (`ScaledObjectCheckFailed`), all
//! of its triggers fail (`TriggerError`) or some do (`PartialTriggerError`). With the triggers that fail and what
//! the events say of them: a secret that is missing, a server that cannot be reached, a query that is wrong.
//!
//! ## Why it matters
//! The workload keeps its number of replicas, or does not come back from zero.
//!
//! ## When it stays silent
//! While it is paused, before KEDA has looked (Unknown), in the first minutes of trigger errors, while it is being
//! deleted, and where it is merely idle (`Active` False).
//!
//! ## What to do
//! Correct what the condition and the events name: the trigger's metadata, its TriggerAuthentication, its server.

use crate::autoscale::is_paused;
use crate::containers::{EVENT_SECONDS, is_recent};
use crate::{Findings, Rule, Severity, Source, words};
use view::{Condition, Kind, Object, ObjectRef, ScaledObject, View};

/// The rule `scaledobject/not-ready`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ScaledObject, Kind::HorizontalPodAutoscaler, Kind::Event],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["scaledobject/target-missing"],
    run,
};

/// Seconds in which a new ScaledObject, and what it watches, may settle.
const SETTLING: i64 = 120;

fn run(view: &View, out: &mut Findings) {
    let live =
        view.scaled_objects.iter().filter(|s| s.metadata.deletion_timestamp.is_none() && !is_paused(s));
    for scaled in live {
        let Some(ready) = view::condition(&scaled.status.conditions, "Ready") else { continue };
        let partly = ready.reason == "PartialTriggerError" && !ready.is_true();
        let young =
            scaled.metadata.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < SETTLING);
        if (ready.is_false() || partly) && !young {
            report(view, scaled, ready, partly, out);
        }
    }
}

fn report(view: &View, scaled: &ScaledObject, ready: &Condition, partly: bool, out: &mut Findings) {
    let failing = failing(scaled);
    let mut events = view.events_of("ScaledObject", &scaled.metadata).filter(|event| {
        event.is_warning() && is_recent(view, event, EVENT_SECONDS) && event.message != ready.message
    });
    let event = events.next();
    // The condition says that something fails, the event what.
    let why = match event.filter(|_| ready.reason.ends_with("TriggerError")) {
        Some(event) => event.message.as_str(),
        None => ready.message.as_str(),
    };
    let which = match failing.is_empty() {
        true => String::new(),
        false => format!(" (failing: {})", words::join_some(&failing, 3)),
    };
    let verb = if partly { "works in part" } else { "does not work" };
    let finding = out.on(scaled.reference(), format!("{verb}{which}: {why}"));
    finding.brief(verb).field("status.conditions");
    if partly {
        finding.severity(Severity::Warning);
    }
    finding.proof(Source::Status, format!("Ready={}: {}: {}", ready.status, ready.reason, ready.message));
    if let Some(event) = event {
        finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
    }
    for trigger in &scaled.spec.triggers {
        let auth = trigger.authentication_ref.as_ref().map(|a| format!(", TriggerAuthentication {}", a.name));
        finding.proof(Source::Spec, format!("trigger {}{}", trigger.kind, auth.unwrap_or_default()));
    }
    let (namespace, name) = (&scaled.metadata.namespace, &scaled.metadata.name);
    // Older versions call themselves not ready when their autoscaler is not well.
    if ready.message.contains("HPA") || ready.reason.contains("HPA") {
        let hpa = match scaled.status.hpa_name.is_empty() {
            true => format!("keda-hpa-{name}"),
            false => scaled.status.hpa_name.to_string(),
        };
        finding.because(ObjectRef::new(Kind::HorizontalPodAutoscaler.name(), namespace.clone(), hpa));
    }
    finding.fix(match ready.reason.ends_with("TriggerError") {
        true => format!(
            "correct the failing trigger of ScaledObject {namespace}/{name}: its metadata, its authentication, or the server that it asks"
        ),
        false => format!("correct ScaledObject {namespace}/{name}: {}", ready.message),
    });
    finding.command(format!("kubectl -n {namespace} describe scaledobject {name}"));
}

/// Names of the metrics that fail, with how often.
fn failing(scaled: &ScaledObject) -> Vec<String> {
    let health = scaled.status.health.iter().flatten();
    let failing = health.filter(|(_, health)| health.status == "Failing");
    failing
        .map(|(name, health)| format!("{name}, {} times", health.number_of_failures.unwrap_or(1)))
        .collect()
}
