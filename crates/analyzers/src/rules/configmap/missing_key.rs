//! # ConfigMap lacks a key
//!
//! ## What it finds
//! A ConfigMap that exists without a key that a pod's environment or volume names.
//!
//! ## Why it matters
//! The container does not start (environment) or its volume is not mounted (volume items). The name of the
//! key is wrong in one of the two places.
//!
//! ## When it stays silent
//! For references marked `optional`, for pods that ended or are being deleted, and when ConfigMap objects could
//! not be read.
//!
//! ## What to do
//! Compare the key in the pod template with the keys that are there, and correct one of them.

use crate::{Findings, Rule, Severity, usage};
use view::{Kind, View};

/// The rule `configmap/missing-key`.
pub static RULE: Rule = Rule {
    needs: &[Kind::ConfigMap, Kind::Pod, Kind::ReplicaSet, Kind::StatefulSet, Kind::DaemonSet, Kind::CronJob],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

fn run(view: &View, out: &mut Findings) {
    usage::report_missing_keys(view, Kind::ConfigMap, out);
}
