//! Limits of a namespace for single containers, pods and claims.

use crate::Analyzer;

/// The analyzer `LimitRange`.
pub static ANALYZER: Analyzer = Analyzer { filter: "LimitRange", aliases: &["limits"], default: true };
