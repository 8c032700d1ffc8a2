//! Label selectors as workloads and webhooks carry them.

use crate::{List, Map, Str};
use serde::Deserialize;

/// `matchLabels` and `matchExpressions`, all of which must hold. Empty selects everything.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Pairs that must all be there.
    pub match_labels: Map,
    /// Requirements that must all hold.
    pub match_expressions: List<Requirement>,
}

/// An entry of `matchExpressions`.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Requirement {
    /// Label key.
    pub key: Str,
    /// `In`, `NotIn`, `Exists` or `DoesNotExist`.
    pub operator: Str,
    /// Values for `In` and `NotIn`.
    pub values: List<Str>,
}

impl LabelSelector {
    /// True when labels satisfy every part of the selector.
    pub fn matches(&self, labels: &Map) -> bool {
        self.match_labels.is_subset_of(labels) && self.match_expressions.iter().all(|r| r.holds(labels))
    }
    /// True when nothing is required.
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }
}

impl Requirement {
    fn holds(&self, labels: &Map) -> bool {
        let value = labels.get(&self.key);
        let listed = value.is_some_and(|v| self.values.contains(v));
        match self.operator.as_str() {
            "In" => listed,
            "NotIn" => !listed,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            // An operator from a later API version: assume it selects, so that nothing is called unselected.
            _ => true,
        }
    }
}
