//! Ingresses: class, backends, certificates.

use crate::Analyzer;

/// The analyzer `Ingress`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Ingress", aliases: &["ing"], default: true };
