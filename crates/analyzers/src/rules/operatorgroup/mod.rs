//! Which namespaces the operators of a namespace watch.

use crate::Analyzer;

/// The analyzer `OperatorGroup`.
pub static ANALYZER: Analyzer = Analyzer { filter: "OperatorGroup", aliases: &["og"], default: true };
