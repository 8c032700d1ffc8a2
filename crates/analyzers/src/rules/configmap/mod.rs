//! ConfigMaps: missing, incomplete, too large, and, when asked for, unused or empty.

use crate::Analyzer;

/// The analyzer `ConfigMap`.
pub static ANALYZER: Analyzer = Analyzer { filter: "ConfigMap", aliases: &["cm"], default: true };
