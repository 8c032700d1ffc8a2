//! Flux: charts.

use crate::Analyzer;

/// The analyzer `HelmRelease`.
pub static ANALYZER: Analyzer = Analyzer { filter: "HelmRelease", aliases: &["hr"], default: true };
