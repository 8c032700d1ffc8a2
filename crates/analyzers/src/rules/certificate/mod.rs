//! cert-manager: certificates, and what it takes to have them issued.

use crate::Analyzer;

/// The analyzer `Certificate`.
pub static ANALYZER: Analyzer =
    Analyzer { filter: "Certificate", aliases: &["cert", "certs"], default: true };
