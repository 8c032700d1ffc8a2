//! The configuration that Prometheus servers load.

use crate::Analyzer;

/// The analyzer `PrometheusConfigValidate`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "PrometheusConfigValidate", aliases: &["prometheus"], default: true };
