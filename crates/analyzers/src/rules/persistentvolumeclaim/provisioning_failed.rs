//! # Volume cannot be provisioned
//!
//! ## What it finds
//! A pending claim whose provisioner has tried and failed: the newest event ProvisioningFailed, whatever
//! other events came after it.
//!
//! ## Why it matters
//! The claim stays Pending, and so do the pods that use it.
//!
//! ## When it stays silent
//! For claims that are bound or being deleted, and where the StorageClass does not exist
//! (`persistentvolumeclaim/pending` tells that).
//!
//! ## What to do
//! Read the provisioner's message: quota of the cloud, zone, access mode and parameters of the class are
//! the usual causes.

use crate::{Findings, Rule, Severity, Source, storage};
use view::{Event, Kind, Object, PersistentVolumeClaim, View};

/// The rule `persistentvolumeclaim/provisioning-failed`.
pub static RULE: Rule = Rule {
    needs: &[Kind::PersistentVolumeClaim, Kind::Event, Kind::StorageClass, Kind::PersistentVolume],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    for claim in view.persistent_volume_claims.iter() {
        let waits = claim.status.phase == "Pending" && claim.metadata.deletion_timestamp.is_none();
        // Of a class without provisioner the controller says so again and again: it is the volumes that count.
        let other = |class: &view::Str| storage::is_missing(view, class) || storage::is_static(view, class);
        if !waits || claim.class().is_some_and(other) {
            continue;
        }
        let mut events = view.events_of("PersistentVolumeClaim", &claim.metadata);
        let failed = events.find(|e| e.reason == "ProvisioningFailed" && !e.message.is_empty());
        if let Some(failed) = failed {
            report(view, claim, failed, out);
        }
    }
}

fn report(view: &View, claim: &PersistentVolumeClaim, failed: &Event, out: &mut Findings) {
    let class = claim.class().map(|c| c.as_str()).unwrap_or_default();
    let provisioner = view.storage_classes.get("", class).map(|c| c.provisioner.as_str()).unwrap_or_default();
    let from = if provisioner.is_empty() { String::new() } else { format!(" from {provisioner}") };
    let finding =
        out.on(claim.reference(), format!("gets no volume{from}: {}", failed.message.trim_end_matches('.')));
    finding
        .brief("gets no volume")
        .field("spec.storageClassName")
        .proof(Source::Event, format!("ProvisioningFailed, {} times: {}", failed.times(), failed.message));
    if !class.is_empty() {
        finding.proof(Source::Spec, format!("storageClassName: {class}"));
    }
    let (namespace, name) = (&claim.metadata.namespace, &claim.metadata.name);
    let of = if class.is_empty() { String::new() } else { format!(" or in StorageClass {class}") };
    finding
        .fix(match hint(&failed.message) {
            Some(hint) => format!("{hint} for claim {namespace}/{name}{of}"),
            None => format!("correct what the message names in claim {namespace}/{name}{of}"),
        })
        .command(format!("kubectl -n {namespace} describe pvc {name}"));
}

/// What usually repairs it, by telling parts of the message (lower case).
const HINTS: &[(&[&str], &str)] = &[
    (
        &[
            "exceeded quota",
            "quota exceeded",
            "quotaexceeded",
            "limitexceeded",
            "resourceexhausted",
            "resource_exhausted",
        ],
        "free storage or raise the quota that the message names",
    ),
    (
        &[
            "unauthorized",
            "accessdenied",
            "permissiondenied",
            "permission denied",
            "forbidden",
            "not authorized",
        ],
        "give the provisioner's identity the permission that the message names",
    ),
    (
        &["access mode", "accessmode", "multi_node", "readwritemany"],
        "ask for an access mode that the driver supports, or a class whose driver supports it,",
    ),
    (&["zone", "topology", "accessibility requirements"], "correct the zones that are allowed"),
    (&["secret"], "provide the secret that the message names"),
    (
        &["no space left", "not enough free space", "outofrange", "insufficient"],
        "ask for less, or add capacity to the backend,",
    ),
    (
        &["deadline exceeded", "connection refused", "unavailable", "no such host", "timed out"],
        "bring the storage backend or its API back",
    ),
];

fn hint(message: &str) -> Option<&'static str> {
    let lower = message.to_lowercase();
    let found = HINTS.iter().find(|(parts, _)| parts.iter().any(|part| lower.contains(part)));
    found.map(|(_, hint)| *hint)
}
