//! Policy reports (wgpolicyk8s.io) and their successors (openreports.io).

use super::InvolvedObject;
use crate::{List, Meta, Str};
use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::fmt;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyReport {
    pub metadata: Meta,
    /// Who made the report, where all results have one maker.
    pub source: Str,
    pub scope: Option<InvolvedObject>,
    #[serde(deserialize_with = "telling")]
    pub results: List<ReportResult>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterPolicyReport {
    pub metadata: Meta,
    pub source: Str,
    pub scope: Option<InvolvedObject>,
    #[serde(deserialize_with = "telling")]
    pub results: List<ReportResult>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Report {
    pub metadata: Meta,
    pub source: Str,
    pub scope: Option<InvolvedObject>,
    #[serde(deserialize_with = "telling")]
    pub results: List<ReportResult>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterReport {
    pub metadata: Meta,
    pub source: Str,
    pub scope: Option<InvolvedObject>,
    #[serde(deserialize_with = "telling")]
    pub results: List<ReportResult>,
}

/// What one rule of one policy says of some objects.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ReportResult {
    pub source: Str,
    pub policy: Str,
    pub rule: Str,
    pub category: Str,
    /// `critical`, `high`, `medium`, `low`, `info` or empty.
    pub severity: Str,
    /// `fail`, `warn` or `error`; `pass` and `skip` are not kept.
    pub result: Str,
    pub message: Str,
    /// The objects; empty when it is about the report's scope.
    pub resources: List<InvolvedObject>,
}

/// The results that tell of something. Nearly all of a cluster's results are `pass`: they are let go one by
/// one while parsing.
fn telling<'de, D: Deserializer<'de>>(deserializer: D) -> Result<List<ReportResult>, D::Error> {
    struct V;
    impl<'de> Visitor<'de> for V {
        type Value = List<ReportResult>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("results")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(List::default())
        }
        fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
            let mut kept: Vec<ReportResult> = Vec::new();
            while let Some(result) = access.next_element::<ReportResult>()? {
                if matches!(result.result.as_str(), "fail" | "warn" | "error") {
                    kept.push(result);
                }
            }
            Ok(kept.into_iter().collect())
        }
    }
    deserializer.deserialize_any(V)
}
