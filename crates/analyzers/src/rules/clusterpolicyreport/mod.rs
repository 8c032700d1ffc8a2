//! What policy engines and scanners report of objects outside namespaces.

use crate::Analyzer;

/// The analyzer `ClusterPolicyReport`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "ClusterPolicyReport", aliases: &["cpolr", "clusterreport"], default: true };
