//! The relabel rules in the configuration of Prometheus servers.

use crate::Analyzer;

/// The analyzer `PrometheusConfigRelabelReport`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "PrometheusConfigRelabelReport", aliases: &["relabel"], default: true };
