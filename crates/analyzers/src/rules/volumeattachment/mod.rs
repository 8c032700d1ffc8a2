//! VolumeAttachments: volumes on their way to a node or away from it.

use crate::Analyzer;

/// The analyzer `Storage`, as for StorageClasses.
pub static ANALYZER: Analyzer = Analyzer { filter: "Storage", aliases: &["volumeattachment"], default: true };
