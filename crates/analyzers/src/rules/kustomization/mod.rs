//! Flux: manifests from a source.

use crate::Analyzer;

/// The analyzer `Kustomization`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Kustomization", aliases: &["ks"], default: true };
