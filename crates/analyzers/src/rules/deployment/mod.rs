//! Deployments: rollouts and the replicas behind them.

use crate::Analyzer;

/// The analyzer `Deployment`.
pub static ANALYZER: Analyzer = Analyzer { filter: "Deployment", aliases: &["deploy"], default: true };
