//! cert-manager.

use super::Condition;
use crate::{List, Meta};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Certificate {
    pub metadata: Meta,
    pub status: CertificateStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CertificateStatus {
    pub conditions: List<Condition>,
}
