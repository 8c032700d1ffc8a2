//! Catalogs of OLM v1.

use crate::Analyzer;

/// The analyzer `ClusterCatalog`.
pub static ANALYZER: Analyzer = Analyzer { filter: "ClusterCatalog", aliases: &["catalog"], default: true };
