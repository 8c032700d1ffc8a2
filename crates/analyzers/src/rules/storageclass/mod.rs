//! StorageClasses and volumes.

use crate::Analyzer;

/// The analyzer `Storage`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "Storage", aliases: &["sc", "storageclass"], default: true };
