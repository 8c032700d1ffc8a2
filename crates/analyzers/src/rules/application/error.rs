//! # Application cannot be compared
//!
//! ## What it finds
//! An Application of Argo CD with an error among its conditions: the source cannot be read or rendered
//! (`ComparisonError`), the spec names a repository, project or cluster that does not exist or is not allowed
//! (`InvalidSpecError`), or it cannot be deleted (`DeletionError`).
//!
//! ## Why it matters
//! Argo CD does not know what should be there: it neither shows drift nor corrects it.
//!
//! ## When it stays silent
//! For warnings (`OrphanedResourceWarning` and the like), for errors of syncs, which have a rule of their own,
//! in the first three minutes of an error, and, but for errors of its deletion, while it is being deleted.
//!
//! ## What to do
//! Correct what the message names: URL, credentials, revision, path, project.

use crate::{Findings, Rule, Severity, Source, conditions};
use view::{Condition, Kind, Object, View};

/// The rule `application/error`.
pub static RULE: Rule = Rule {
    needs: &[Kind::Application],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds that an error may last: the repository server restarts at times.
const GRACE: i64 = 180;

fn run(view: &View, out: &mut Findings) {
    for app in view.applications.iter() {
        let deleted = app.metadata.deletion_timestamp.is_some();
        let counts = |c: &&Condition| {
            let lasts = c.last_transition_time.is_none_or(|at| view.now.seconds_since(at) >= GRACE);
            let error = c.kind.ends_with("Error") && c.kind != "SyncError";
            error && lasts && (!deleted || c.kind == "DeletionError")
        };
        let errors: Vec<&Condition> = app.status.conditions.iter().filter(counts).collect();
        let Some(first) = errors.first() else { continue };
        let says = format!("{}: {}", meaning(&first.kind), conditions::told(first));
        let finding = out.on(app.reference(), says);
        finding.brief(first.kind.to_string()).field("status.conditions");
        finding.same_everywhere(format!(
            "{} {}",
            first.kind,
            without_own(&first.message, &app.metadata.name)
        ));
        for error in &errors {
            finding.proof(Source::Status, format!("{}: {}", error.kind, error.message));
        }
        finding.fix(advice(&first.kind, &first.message, &app.metadata.name));
        finding.command(format!(
            "argocd app get {}/{} --hard-refresh",
            app.metadata.namespace, app.metadata.name
        ));
    }
}

fn meaning(kind: &str) -> &'static str {
    match kind {
        "ComparisonError" => "cannot be compared with its source",
        "InvalidSpecError" => "has a spec that cannot be used",
        "DeletionError" => "cannot be deleted",
        _ => "has an error",
    }
}

fn advice(kind: &str, message: &str, name: &str) -> String {
    let lower = message.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    match kind {
        "DeletionError" => {
            format!("repair what holds up the deletion of Application {name}, then it goes on")
        }
        "InvalidSpecError" => {
            format!("correct the spec of Application {name}, or allow in its project what it names")
        }
        _ if has(&[
            "authentication",
            "authorization",
            "permission denied",
            "unauthorized",
            "could not read username",
        ]) =>
        {
            format!("renew the repository credentials that Application {name} uses")
        }
        _ if has(&["path does not exist", "revision", "couldn't find remote ref"]) => {
            format!("correct path or targetRevision in spec.source of Application {name}")
        }
        _ if has(&["no such host", "timeout", "connection refused", "deadline exceeded"]) => {
            "make the repository reachable from the repository server of Argo CD".to_owned()
        }
        _ => format!("correct what the message names in the source of Application {name}"),
    }
}

fn without_own(message: &str, name: &str) -> String {
    message.replace(name, "{}")
}
