//! Argo CD: what it delivers.

use crate::Analyzer;

/// The analyzer `Application`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Application", aliases: &["app"], default: true };
