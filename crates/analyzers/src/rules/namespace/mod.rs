//! Namespaces.

use crate::Analyzer;

/// The analyzer `Namespace`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Namespace", aliases: &["ns"], default: true };
