//! Instances of custom types, whatever their controller.

use crate::Analyzer;

/// The analyzer `CustomResource`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "CustomResource", aliases: &["cr", "custom"], default: true };
