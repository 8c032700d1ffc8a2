//! Amazon EKS: what AWS says of the cluster and of its managed node groups.

use crate::Analyzer;

/// The analyzer `EKS`. It asks AWS, so that it runs only when chosen.
pub static ANALYZER: Analyzer = Analyzer { filter: "EKS", aliases: &["aws", "nodegroup"], default: false };
