//! Operators that OLM v0 installs.

use crate::Analyzer;

/// The analyzer `ClusterServiceVersion`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "ClusterServiceVersion", aliases: &["csv"], default: true };
