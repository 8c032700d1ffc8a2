//! Gateways that do not serve.

use crate::Analyzer;

/// The analyzer `Gateway`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Gateway", aliases: &["gtw"], default: true };
