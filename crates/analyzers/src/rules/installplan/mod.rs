//! Steps by which OLM v0 installs.

use crate::Analyzer;

/// The analyzer `InstallPlan`.
pub static ANALYZER: Analyzer = Analyzer { filter: "InstallPlan", aliases: &["ip"], default: true };
