//! Secrets that others need: found only as causes.

use crate::Analyzer;

/// The analyzer of Secrets; it has no filter.
pub static ANALYZER: Analyzer = Analyzer { filter: "", aliases: &[], default: true };
