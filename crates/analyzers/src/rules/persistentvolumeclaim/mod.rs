//! PersistentVolumeClaims that get no volume or lost it.

use crate::Analyzer;

/// The analyzer `PersistentVolumeClaim`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "PersistentVolumeClaim", aliases: &["pvc"], default: true };
