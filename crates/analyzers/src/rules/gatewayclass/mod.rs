//! Gateway classes that no controller takes.

use crate::Analyzer;

/// The analyzer `GatewayClass`.
pub static ANALYZER: Analyzer = Analyzer { filter: "GatewayClass", aliases: &["gc"], default: true };
