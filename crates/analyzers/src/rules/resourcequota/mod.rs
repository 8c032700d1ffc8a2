//! Quotas that refuse pods: found only as causes.

use crate::Analyzer;

/// The analyzer of quotas; it has no filter.
pub static ANALYZER: Analyzer = Analyzer { filter: "", aliases: &[], default: true };
