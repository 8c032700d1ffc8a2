//! Quotas that refuse what workloads want to create.

use crate::Analyzer;

/// The analyzer `ResourceQuota`.
pub static ANALYZER: Analyzer = Analyzer { filter: "ResourceQuota", aliases: &["quota"], default: true };
