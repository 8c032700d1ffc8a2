//! Services: whom they select and who answers.

use crate::Analyzer;

/// The analyzer `Service`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Service", aliases: &["svc"], default: true };
