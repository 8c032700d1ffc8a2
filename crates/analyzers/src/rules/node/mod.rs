//! Nodes: what the kubelet and the node controller say of a machine.

use crate::Analyzer;

/// The analyzer `Node`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Node", aliases: &["no"], default: true };
