//! Pods: what the scheduler, the kubelet and the containers say.

use crate::Analyzer;

/// The analyzer `Pod`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Pod", aliases: &["po"], default: true };
