//! CSI drivers on the nodes.

use crate::Analyzer;

/// The analyzer `Storage`, as for StorageClasses.
pub static ANALYZER: Analyzer = Analyzer { filter: "Storage", aliases: &["csidriver"], default: true };
