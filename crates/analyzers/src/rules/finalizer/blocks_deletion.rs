//! # Object is kept by a finalizer
//!
//! ## What it finds
//! Any object that was deleted more than five minutes ago and is still there because of a finalizer: which
//! one, who usually removes it, and what still uses the object (pods of a claim, the claim of a volume,
//! dependents that remain, a controller that does not run).
//!
//! ## Why it matters
//! It cannot be created again under its name, and what owns it or lies around it (a namespace, a release)
//! cannot be deleted either.
//!
//! ## When it stays silent
//! In the first five minutes (a claim in use: one; a node, which is drained first: an hour), and while what it
//! waits for is itself being deleted in time. Pods, namespaces and definitions of types have rules of their own
//! (`pod/stuck-terminating`, `namespace/stuck-terminating`, `customresourcedefinition/stuck-terminating`).
//!
//! ## What to do
//! Remove what still uses the object, or bring back the controller that removes the finalizer. Taking the
//! finalizer away by hand is the last resort: what it stands for (a disk, a load balancer) stays behind.

use crate::{Finding, Findings, Rule, Severity, Source, finalizers, runners, words};
use view::{Kind, Meta, ObjectRef, View};

/// The rule `finalizer/blocks-deletion`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Pod,
        Kind::Deployment,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::Job,
        Kind::CronJob,
        Kind::Service,
        Kind::Ingress,
        Kind::ConfigMap,
        Kind::Secret,
        Kind::PersistentVolumeClaim,
        Kind::PersistentVolume,
        Kind::Node,
        Kind::Event,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &["persistentvolume/failed", "volumeattachment/failed", "node/not-ready"],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let deleting = view.deleting();
    for (object, meta) in &deleting {
        let others =
            matches!(object.kind.as_str(), "Pod" | "Namespace" | "CustomResourceDefinition" | "Event");
        let Some(late) = meta.deletion_timestamp.map(|at| view.now.seconds_since(at)) else { continue };
        let Some(finalizer) = meta.finalizers.first() else { continue };
        let users = finalizers::users(view, object, meta);
        // Whatever it waits for may still be in its own time.
        let busy = users.iter().any(|user| finalizers::is_going(view, user));
        if !others && late >= finalizers::patience(object, &users) && !busy {
            report(view, object, meta, finalizer, &users, late, out);
        }
    }
}

fn report(
    view: &View,
    object: &ObjectRef,
    meta: &Meta,
    finalizer: &str,
    users: &[ObjectRef],
    late: i64,
    out: &mut Findings,
) {
    let why = match words::join_some(users, 3) {
        used if used.is_empty() => format!("finalizer {finalizer} keeps it"),
        used if object.kind == "PersistentVolumeClaim" => {
            let verb = if users.len() == 1 { "uses" } else { "use" };
            format!("finalizer {finalizer} keeps it, {used} still {verb} it")
        }
        used if finalizer == "foregroundDeletion" => format!("it waits for {used}, which it owns"),
        used => format!("finalizer {finalizer} keeps it, it is bound to {used}"),
    };
    let age = words::age(late);
    let finding = out.on(object.clone(), format!("was deleted {age} ago and is still there: {why}"));
    finding
        .brief("kept by a finalizer")
        .field("metadata.finalizers")
        .same(format!("{finalizer} {}", users.len()));
    // Its users work as before: nothing is broken yet.
    if users.iter().any(|user| finalizers::works_on(view, user)) {
        finding.severity(Severity::Warning);
    }
    finding.proof(Source::Status, format!("metadata.finalizers: {}", words::join_some(&meta.finalizers, 4)));
    finding.proof(Source::Cluster, finalizers::keeper(finalizer));
    for user in users.iter().take(3) {
        let phase =
            view.pods.get(&user.namespace, &user.name).map(|pod| format!(": phase {}", pod.status.phase));
        finding.proof(Source::Cluster, format!("still there: {user}{}", phase.unwrap_or_default()));
    }
    if let Some(event) = view.events_of(&object.kind, meta).find(|event| event.is_warning()) {
        finding.proof(Source::Event, format!("{}: {}", event.reason, event.message));
    }
    finding.because_all(users.iter().cloned());
    remedy(view, object, meta, finalizer, users, finding);
}

fn remedy(
    view: &View,
    object: &ObjectRef,
    meta: &Meta,
    finalizer: &str,
    users: &[ObjectRef],
    finding: &mut Finding,
) {
    let used = words::join_some(users, 3);
    for runner in runners::unready_controllers(view, finalizer).into_iter().take(2) {
        finding.proof(Source::Cluster, runner.in_words()).fix(format!("bring {} back", runner.object));
        finding.because(runner.object);
    }
    if object.kind == "PersistentVolume" && !used.is_empty() {
        finding.fix(format!("delete {used} too if its data may go: until then the volume stays and works"));
    } else if !used.is_empty() {
        let mut owners: Vec<ObjectRef> = users.iter().map(|user| view.top_owner_of(user)).collect();
        owners.dedup();
        let end = words::join_some(owners, 3);
        finding.fix(format!("end or delete {end}: {object} goes by itself then"));
    } else if finding.fix.is_empty() {
        finding.fix(format!("bring back what removes {finalizer}: {}", finalizers::keeper(finalizer)));
    }
    if !finalizers::is_of_kubernetes(finalizer) {
        finding.fix(format!(
            "as a last resort, when nothing is left to clean up, take {finalizer} away by hand"
        ));
        finding.command(finalizers::removal(object, meta, finalizer));
    }
    let (kubectl, resource) = (finalizers::kubectl(object), finalizers::resource(object));
    finding.command(format!("{kubectl} get {resource} -o yaml"));
}
