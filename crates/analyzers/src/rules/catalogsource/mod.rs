//! Catalogs of OLM v0.

use crate::Analyzer;

/// The analyzer `CatalogSource`.
pub static ANALYZER: Analyzer = Analyzer { filter: "CatalogSource", aliases: &["catsrc"], default: true };
