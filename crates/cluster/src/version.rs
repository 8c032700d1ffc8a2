//! The version of an API server.

use serde::{Deserialize, Serialize};

/// What `/version` says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Version {
    /// `v1.36.3`.
    pub git_version: String,
    /// `linux/amd64`.
    pub platform: String,
    /// `1`.
    pub major: String,
    /// `36`, on some distributions `36+`.
    pub minor: String,
}
