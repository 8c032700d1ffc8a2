//! What OLM v0 should install and keep up to date.

use crate::Analyzer;

/// The analyzer `Subscription`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Subscription", aliases: &["sub"], default: true };
