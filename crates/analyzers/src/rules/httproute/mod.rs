//! Routes that lead nowhere.

use crate::Analyzer;

/// The analyzer `HTTPRoute`.
pub static ANALYZER: Analyzer = Analyzer { filter: "HTTPRoute", aliases: &[], default: true };
