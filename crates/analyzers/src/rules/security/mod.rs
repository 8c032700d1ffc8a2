//! What workloads and accounts may do beyond their work.

use crate::Analyzer;

/// The analyzer `Security`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Security", aliases: &["rbac"], default: false };
