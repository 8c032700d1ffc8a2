//! cert-manager.

use super::Condition;
use crate::{List, Meta, Str, Time};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Certificate {
    pub metadata: Meta,
    pub spec: CertificateSpec,
    pub status: CertificateStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CertificateSpec {
    pub secret_name: Str,
    pub issuer_ref: IssuerRef,
    pub common_name: Str,
    pub dns_names: List<Str>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IssuerRef {
    pub name: Str,
    /// Empty: `Issuer`.
    pub kind: Str,
    /// Empty: cert-manager's own.
    pub group: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CertificateStatus {
    pub conditions: List<Condition>,
    pub not_after: Option<Time>,
    /// When it should be renewed.
    pub renewal_time: Option<Time>,
    pub last_failure_time: Option<Time>,
    pub failed_issuance_attempts: Option<i64>,
}
