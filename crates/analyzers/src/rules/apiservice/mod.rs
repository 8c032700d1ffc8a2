//! Aggregated APIs that do not answer.

use crate::Analyzer;

/// The analyzer `APIService`.
pub static ANALYZER: Analyzer = Analyzer { filter: "APIService", aliases: &[], default: true };
