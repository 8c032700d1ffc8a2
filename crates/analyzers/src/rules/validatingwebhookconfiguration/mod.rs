//! Validating webhooks whose server is not there.

use crate::Analyzer;

/// The analyzer `ValidatingWebhookConfiguration`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "ValidatingWebhookConfiguration", aliases: &[], default: true };
