//! Extensions that OLM v1 installs.

use crate::Analyzer;

/// The analyzer `ClusterExtension`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "ClusterExtension", aliases: &["extension"], default: true };
