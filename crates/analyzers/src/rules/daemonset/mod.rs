//! DaemonSets: one pod a node.

use crate::Analyzer;

/// The analyzer `DaemonSet`.
pub static ANALYZER: Analyzer = Analyzer { filter: "DaemonSet", aliases: &["ds"], default: true };
