//! Jobs: work that should be done once.

use crate::Analyzer;

/// The analyzer `Job`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Job", aliases: &[], default: true };
