//! Network policies that shut out what should pass.

use crate::Analyzer;

/// The analyzer `NetworkPolicy`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "NetworkPolicy", aliases: &["netpol", "networkpolicies"], default: true };
