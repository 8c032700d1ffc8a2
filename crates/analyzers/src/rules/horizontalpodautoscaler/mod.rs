//! Autoscalers: the number of replicas that follows load.

use crate::Analyzer;

/// The analyzer `HorizontalPodAutoscaler`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "HorizontalPodAutoscaler", aliases: &["hpa", "autoscaler"], default: true };
