//! Definitions of custom resources that are not served.

use crate::Analyzer;

/// The analyzer `CustomResourceDefinition`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "CustomResourceDefinition", aliases: &["crd", "crds"], default: true };
