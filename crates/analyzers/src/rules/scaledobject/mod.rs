//! KEDA: replicas that follow events.

use crate::Analyzer;

/// The analyzer `ScaledObject`.
pub static ANALYZER: Analyzer = Analyzer { filter: "ScaledObject", aliases: &["so", "keda"], default: true };
