//! Mutating webhooks whose server is not there.

use crate::Analyzer;

/// The analyzer `MutatingWebhookConfiguration`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "MutatingWebhookConfiguration", aliases: &[], default: true };
