//! Service accounts that pods need: found only as causes.

use crate::Analyzer;

/// The analyzer of service accounts; it has no filter.
pub static ANALYZER: Analyzer = Analyzer { filter: "", aliases: &[], default: true };
