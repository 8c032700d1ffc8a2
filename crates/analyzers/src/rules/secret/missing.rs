//! # Secret does not exist
//!
//! ## What it finds
//! A Secret that does not exist and that a pod needs: through its environment, a volume (projected ones too),
//! or an image pull; or that an Ingress or a Gateway serves its certificate from.
//!
//! ## Why it matters
//! Containers that need it do not start; the kubelet tries again for ever. Pods that run already go on,
//! and fail at their next start.
//!
//! ## When it stays silent
//! For references marked `optional`, for pods that ended or are being deleted, and when Secret objects could
//! not be read: then nobody knows that it is missing.
//!
//! ## What to do
//! Create it in the same namespace as the pod (references never cross namespaces), or correct the name.

use crate::{Findings, Rule, Severity, usage};
use view::{Kind, View};

/// The rule `secret/missing`.
pub static RULE: Rule = Rule {
    needs: &[
        Kind::Secret,
        Kind::Ingress,
        Kind::Gateway,
        Kind::Pod,
        Kind::ReplicaSet,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::CronJob,
    ],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    let mut uses = usage::uses_of_missing(view, Kind::Secret);
    usage::add_certificates(view, &mut uses);
    usage::report_missing(view, Kind::Secret, &uses, out);
}
