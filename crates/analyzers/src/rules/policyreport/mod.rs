//! What policy engines and scanners report of objects in namespaces.

use crate::Analyzer;

/// The analyzer `PolicyReport`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "PolicyReport", aliases: &["polr", "report"], default: true };
