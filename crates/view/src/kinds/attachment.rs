//! Volumes on nodes and the drivers that bring them there.

use crate::Meta;
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct VolumeAttachment {
    pub metadata: Meta,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CSIDriver {
    pub metadata: Meta,
}
