//! # Application is not healthy
//!
//! ## What it finds
//! An Application of Argo CD whose health is `Degraded`, or `Missing` although it was synced. The objects that
//! are not healthy explain it, with their pods.
//!
//! ## Why it matters
//! What it delivers is broken or gone.
//!
//! ## When it stays silent
//! While it is `Progressing`, `Suspended` or being deleted, while a sync runs, for what was never synced by
//! choice, and for drift alone: out of sync is no fault.
//!
//! ## What to do
//! Repair the objects that are not healthy; sync it where they are gone.

use crate::{Finding, Findings, Rule, Severity, Source, mentions, words};
use view::{Application, ApplicationResource, Kind, Object, View};

/// The rule `application/unhealthy`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Application],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["application/error", "application/sync-failed"],
    run,
};

/// Seconds that a state may last before it counts.
const GRACE: i64 = 180;

fn run(view: &View, out: &mut Findings) {
    for app in view.applications.iter().filter(|app| app.metadata.deletion_timestamp.is_none()) {
        let health = &app.status.health;
        let operation = app.status.operation_state.as_ref();
        let running = operation.is_some_and(|operation| operation.phase == "Running");
        let synced = operation.is_some_and(|operation| {
            let settled = operation.finished_at.is_none_or(|at| view.now.seconds_since(at) >= GRACE);
            operation.phase == "Succeeded" && settled
        });
        let fresh = health.last_transition_time.is_some_and(|at| view.now.seconds_since(at) < GRACE);
        let counts = health.status == "Degraded" || (health.status == "Missing" && synced);
        if !counts || running || fresh {
            continue;
        }
        let unhealthy: Vec<&ApplicationResource> =
            app.status.resources.iter().filter(|resource| health.status == state(resource)).collect();
        let finding = out.on(app.reference(), says(app, &unhealthy));
        finding.brief(health.status.to_string()).field("status.health");
        finding.severity(if health.status == "Missing" { Severity::Warning } else { Severity::Error });
        let told = if health.message.is_empty() { String::new() } else { format!(": {}", health.message) };
        finding.proof(Source::Status, format!("health {}{told}", health.status));
        for resource in unhealthy.iter().take(5) {
            let told = resource.health.as_ref().map_or("", |health| health.message.as_str());
            let told = if told.is_empty() { String::new() } else { format!(", {told}") };
            finding.proof(Source::Status, format!("{}: {}{told}", named(resource), state(resource)));
        }
        if app.is_local() {
            for resource in &unhealthy {
                let (group, kind) = (&resource.group, &resource.kind);
                let object = view.reference_to(group, kind, &resource.namespace, &resource.name);
                finding.because_all(mentions::with_pods(view, object));
            }
        }
        remedy(app, &unhealthy, finding);
    }
}

fn state(resource: &ApplicationResource) -> &str {
    resource.health.as_ref().map_or("", |health| health.status.as_str())
}

fn named(resource: &ApplicationResource) -> String {
    match resource.namespace.as_str() {
        "" => format!("{} {}", resource.kind, resource.name),
        namespace => format!("{} {namespace}/{}", resource.kind, resource.name),
    }
}

fn says(app: &Application, unhealthy: &[&ApplicationResource]) -> String {
    let health = &app.status.health;
    let which = words::join_some(unhealthy.iter().map(|resource| named(resource)), 3);
    let told =
        unhealthy.iter().filter_map(|resource| resource.health.as_ref()).find(|h| !h.message.is_empty());
    let why = told.map_or(health.message.as_str(), |health| health.message.as_str()).trim_end_matches('.');
    match (health.status.as_str(), which.is_empty(), why.is_empty()) {
        ("Missing", true, _) => "was synced, and what it delivered is gone".to_owned(),
        ("Missing", false, _) => format!("was synced, and is missing {which}"),
        (_, true, true) => "is degraded, and Argo CD does not say by what".to_owned(),
        (_, true, false) => format!("is degraded: {why}"),
        (_, false, true) => format!("is degraded: {which}"),
        (_, false, false) => format!("is degraded: {which}: {why}"),
    }
}

fn remedy(app: &Application, unhealthy: &[&ApplicationResource], finding: &mut Finding) {
    let (namespace, name) = (&app.metadata.namespace, &app.metadata.name);
    if app.status.health.status == "Missing" {
        finding.fix(format!("sync Application {name}, or take out of its source what should be gone"));
        finding.command(format!("argocd app sync {namespace}/{name}"));
        return;
    }
    let place = match app.is_local() {
        true => String::new(),
        false => format!(" in cluster {}{}", app.spec.destination.name, app.spec.destination.server),
    };
    let which = words::join_some(unhealthy.iter().map(|resource| named(resource)), 3);
    let which = if which.is_empty() { "what it delivers".to_owned() } else { which };
    finding.fix(format!("repair {which}{place}"));
    finding.command(format!("argocd app resources {namespace}/{name}"));
}
