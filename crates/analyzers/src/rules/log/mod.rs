//! Logs of containers that run.

use crate::Analyzer;

/// The analyzer `Log`, which reads a log of every workload.
pub static ANALYZER: Analyzer = Analyzer { filter: "Log", aliases: &[], default: false };
