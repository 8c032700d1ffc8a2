//! # Application cannot be synced
//!
//! ## What it finds
//! An Application of Argo CD whose last sync failed: an object was refused, a hook failed, a resource type is not
//! known to the cluster.
//!
//! ## Why it matters
//! What is in the source is not, or only in part, in the cluster.
//!
//! ## When it stays silent
//! While a sync runs or is tried again, when the application is in sync all the same, when it is out of sync
//! without any failure, and while it is being deleted.
//!
//! ## What to do
//! Correct the object that the message names, in the source; or repair what refused it.

use crate::{Finding, Findings, Rule, Severity, Source, conditions, mentions, words};
use view::{Application, ApplicationOperation, ApplicationResult, Kind, Object, View, condition};

/// The rule `application/sync-failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Application],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["application/error"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let kinds = mentions::Kinds::new(view);
    for app in view.applications.iter().filter(|app| app.metadata.deletion_timestamp.is_none()) {
        let error = condition(&app.status.conditions, "SyncError");
        let ended =
            |operation: &&ApplicationOperation| matches!(operation.phase.as_str(), "Failed" | "Error");
        let operation = app.status.operation_state.as_ref();
        let running = operation.is_some_and(|operation| operation.phase == "Running");
        let failed = operation.filter(ended);
        if running || app.status.sync.status == "Synced" || (failed.is_none() && error.is_none()) {
            continue;
        }
        let results = failed.and_then(|operation| operation.sync_result.as_ref());
        let refused: Vec<&ApplicationResult> = results
            .into_iter()
            .flat_map(|results| results.resources.iter())
            .filter(|r| is_refused(r))
            .collect();
        let message = match (failed, error) {
            (Some(operation), _) if !operation.message.is_empty() => operation.message.as_str(),
            (_, Some(error)) => error.message.as_str(),
            _ => "Argo CD does not say why",
        };
        let first = refused.first().filter(|result| !result.message.is_empty());
        let why = match first {
            Some(result) => format!("{} {}: {}", result.kind, path(result), result.message),
            None => message.to_owned(),
        };
        let finding = out.on(app.reference(), format!("cannot be synced: {}", why.trim_end_matches('.')));
        finding.brief("sync failed").field("status.operationState");
        finding.proof(Source::Status, message);
        for result in refused.iter().take(5) {
            finding.proof(Source::Status, format!("{} {}: {}", result.kind, path(result), result.message));
        }
        if let Some(error) = error {
            finding.proof(Source::Status, format!("SyncError: {}", conditions::told(error)));
        }
        explain(view, &kinds, app, &refused, message, finding);
        remedy(app, &refused, finding);
    }
}

fn is_refused(result: &ApplicationResult) -> bool {
    result.status == "SyncFailed" || matches!(result.hook_phase.as_str(), "Failed" | "Error")
}

fn path(result: &ApplicationResult) -> String {
    if result.namespace.is_empty() {
        result.name.to_string()
    } else {
        format!("{}/{}", result.namespace, result.name)
    }
}

fn explain(
    view: &View,
    kinds: &mentions::Kinds,
    app: &Application,
    refused: &[&ApplicationResult],
    message: &str,
    finding: &mut Finding,
) {
    if !app.is_local() {
        return;
    }
    for result in refused {
        let object = view.reference_to(&result.group, &result.kind, &result.namespace, &result.name);
        finding.because_all(mentions::with_pods(view, object));
        finding.because_all(kinds.named(view, &result.message, &app.spec.destination.namespace));
    }
    finding.because_all(kinds.named(view, message, &app.spec.destination.namespace));
}

fn remedy(app: &Application, refused: &[&ApplicationResult], finding: &mut Finding) {
    let name = &app.metadata.name;
    if refused.is_empty() {
        finding.fix(format!(
            "correct what the message names in the source of Application {name}, then sync again"
        ));
    } else {
        let objects = refused.iter().map(|result| format!("{} {}", result.kind, path(result)));
        finding.fix(format!(
            "correct {} in the source of Application {name}, then sync again",
            words::join_some(objects, 3)
        ));
    }
    finding.command(format!("argocd app sync {}/{name}", app.metadata.namespace));
}
