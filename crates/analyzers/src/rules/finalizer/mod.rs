//! Objects that were deleted and do not go away.

use crate::Analyzer;

/// The analyzer `Finalizer`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Finalizer", aliases: &["deletion"], default: true };
