//! Limits of a namespace.

use crate::Meta;
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitRange {
    pub metadata: Meta,
}
