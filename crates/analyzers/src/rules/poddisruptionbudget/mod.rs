//! Disruption budgets: how many pods maintenance may take away.

use crate::Analyzer;

/// The analyzer `PodDisruptionBudget`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "PodDisruptionBudget", aliases: &["pdb", "disruptionbudget"], default: true };
