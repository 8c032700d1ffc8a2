//! PersistentVolumes: what is left of them, and what went wrong with them.

use crate::Analyzer;

/// The analyzer `Storage`, as for StorageClasses.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "Storage", aliases: &["pv", "persistentvolume"], default: true };
