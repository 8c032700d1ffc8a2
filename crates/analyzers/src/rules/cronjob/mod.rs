//! CronJobs: work that should be done again and again.

use crate::Analyzer;

/// The analyzer `CronJob`.
pub static ANALYZER: Analyzer = Analyzer { filter: "CronJob", aliases: &["cj"], default: true };
