//! ReplicaSets: pods that cannot be created.

use crate::Analyzer;

/// The analyzer `ReplicaSet`.
pub static ANALYZER: Analyzer = Analyzer { filter: "ReplicaSet", aliases: &["rs"], default: true };
