//! StatefulSets: ordered pods, their claims and their headless Service.

use crate::Analyzer;

/// The analyzer `StatefulSet`.
pub static ANALYZER: Analyzer = Analyzer { filter: "StatefulSet", aliases: &["sts"], default: true };
