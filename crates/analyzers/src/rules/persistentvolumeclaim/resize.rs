//! # Claim does not grow
//!
//! ## What it finds
//! A bound claim that asks for more than it has, where growing failed, where its StorageClass does not
//! allow it, or where only a restart of the pod is missing: the size that is asked for stands beside the
//! size that there is.
//!
//! ## Why it matters
//! The disk fills up at its old size, although the claim already shows the new one.
//!
//! ## When it stays silent
//! While the driver is at work, in the first minutes, and for a claim that no pod mounts: its file system
//! grows at the next mount.
//!
//! ## What to do
//! Read the driver's message. A size that cannot be had may be lowered again, as long as it stays above what
//! there is. Where the pod has to be restarted, delete it once.

use crate::containers::{EVENT_SECONDS, is_recent};
use crate::messages::runtime_cause;
use crate::{Findings, Rule, Severity, Source, storage, words};
use view::{Condition, Kind, Object, PersistentVolumeClaim, View, condition, parse_quantity};

/// The rule `persistentvolumeclaim/resize`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolumeClaim, Kind::StorageClass, Kind::Pod, Kind::Event],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Seconds that a driver may take.
const GROWING: i64 = 600;
/// Conditions and events that tell of a failure.
const FAILED: &[&str] = &["ControllerResizeError", "NodeResizeError"];
const EVENTS: &[&str] = &["VolumeResizeFailed", "FileSystemResizeFailed", "ExternalExpandFailed"];

/// What keeps the claim from growing.
struct Fault {
    why: String,
    fix: String,
    proof: (Source, String),
    severity: Severity,
}

fn run(view: &View, out: &mut Findings) {
    for claim in view.persistent_volume_claims.iter() {
        let living = claim.status.phase == "Bound" && claim.metadata.deletion_timestamp.is_none();
        let (has, wants) =
            (claim.status.capacity.get("storage"), claim.spec.resources.requests.get("storage"));
        let (Some(has), Some(wants), true) = (has, wants, living) else { continue };
        let grows = parse_quantity(has).zip(parse_quantity(wants)).is_some_and(|(has, wants)| wants > has);
        let Some(fault) = grows.then(|| fault(view, claim)).flatten() else { continue };
        let finding = out.on(claim.reference(), format!("stays at {has} instead of {wants}: {}", fault.why));
        finding.brief("does not grow").field("spec.resources.requests").severity(fault.severity);
        finding.proof(Source::Spec, format!("requests.storage: {wants}"));
        finding.proof(Source::Status, format!("capacity.storage: {has}"));
        finding.proof(fault.proof.0, fault.proof.1).fix(fault.fix);
        let (namespace, name) = (&claim.metadata.namespace, &claim.metadata.name);
        finding.command(format!("kubectl -n {namespace} describe pvc {name}"));
    }
}

fn fault(view: &View, claim: &PersistentVolumeClaim) -> Option<Fault> {
    let holds = |kind: &str| condition(&claim.status.conditions, kind).filter(|c| c.is_true());
    let path = claim.reference().path();
    let asks = format!(
        "correct what the driver names, or lower requests.storage of claim {path} to what can be had"
    );
    if let Some(failed) = FAILED.iter().find_map(|kind| holds(kind)) {
        let proof = (Source::Status, format!("{}: {}", failed.kind, failed.message));
        return Some(Fault {
            why: runtime_cause(&failed.message).to_string(),
            fix: asks,
            proof,
            severity: Severity::Error,
        });
    }
    let mut events = view.events_of("PersistentVolumeClaim", &claim.metadata);
    let said = |e: &&std::sync::Arc<view::Event>| {
        EVENTS.contains(&e.reason.as_str()) && is_recent(view, e, EVENT_SECONDS)
    };
    if let Some(event) = events.find(said) {
        let proof = (Source::Event, format!("{}: {}", event.reason, event.message));
        return Some(Fault {
            why: runtime_cause(&event.message).to_string(),
            fix: asks,
            proof,
            severity: Severity::Error,
        });
    }
    if let Some(pending) = holds("FileSystemResizePending") {
        return restart(view, claim, pending);
    }
    let infeasible = claim.status.allocated_resource_statuses.get("storage");
    if let Some(state) = infeasible.filter(|state| state.ends_with("Infeasible")) {
        let (why, proof) =
            (format!("the driver cannot do it ({state})"), format!("allocatedResourceStatuses: {state}"));
        return Some(Fault { why, fix: asks, proof: (Source::Status, proof), severity: Severity::Error });
    }
    let class = view.storage_classes.get("", claim.class()?)?;
    // Without a word of the driver: nobody was told to do it.
    let begun = holds("Resizing").is_some() || infeasible.is_some();
    (class.allow_volume_expansion != Some(true) && !begun).then(|| Fault {
        why: format!("StorageClass {} does not allow it", class.metadata.name),
        fix: format!(
            "set allowVolumeExpansion: true in StorageClass {}, if its driver can do it",
            class.metadata.name
        ),
        proof: (
            Source::Spec,
            format!("allowVolumeExpansion is not set in StorageClass {}", class.metadata.name),
        ),
        severity: Severity::Warning,
    })
}

/// The disk has grown and the file system on it has not, while a pod mounts it.
fn restart(view: &View, claim: &PersistentVolumeClaim, pending: &Condition) -> Option<Fault> {
    let waited = pending.last_transition_time.map_or(GROWING, |at| view.now.seconds_since(at));
    let users = storage::users_of(view, &claim.reference()).into_iter();
    let mounted: Vec<String> =
        users.filter(|pod| pod.status.phase == "Running").map(|pod| pod.reference().to_string()).collect();
    (waited >= GROWING && !mounted.is_empty()).then(|| Fault {
        why: format!("its file system grows when {} is started again", words::join_some(&mounted, 2)),
        fix: format!("delete {} once, so that the volume is mounted again", words::join_some(&mounted, 2)),
        proof: (Source::Status, format!("FileSystemResizePending: {}", pending.message)),
        severity: Severity::Warning,
    })
}
