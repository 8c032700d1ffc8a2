//! Amazon EKS: what AWS says of the cluster itself. These are no Kubernetes objects: `metadata` is added by
//! whoever reads them, all other fields are those of the EKS API (`DescribeCluster`, `DescribeNodegroup`).

use crate::{List, Map, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EKSCluster {
    pub metadata: Meta,
    pub status: Str,
    pub version: Str,
    pub health: Option<EKSHealth>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EKSNodegroup {
    pub metadata: Meta,
    pub cluster_name: Str,
    pub status: Str,
    pub version: Str,
    /// `CUSTOM` where the launch template names the image: EKS does not know its version then.
    pub ami_type: Str,
    pub scaling_config: Option<EKSScaling>,
    /// Labels that its nodes get.
    pub labels: Map,
    pub taints: List<EKSTaint>,
    pub node_role: Str,
    pub instance_types: List<Str>,
    pub health: Option<EKSHealth>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EKSScaling {
    pub min_size: i64,
    pub max_size: i64,
    pub desired_size: i64,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EKSTaint {
    pub key: Str,
    pub value: Str,
    /// `NO_SCHEDULE`, `NO_EXECUTE` or `PREFER_NO_SCHEDULE`: not spelled as Kubernetes does.
    pub effect: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EKSHealth {
    pub issues: List<EKSIssue>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct EKSIssue {
    pub code: Str,
    pub message: Str,
    pub resource_ids: List<Str>,
}

/// The label by which nodes name their managed node group.
pub const EKS_NODEGROUP_LABEL: &str = "eks.amazonaws.com/nodegroup";

impl EKSCluster {
    pub fn issues(&self) -> &[EKSIssue] {
        self.health.as_ref().map_or(&[], |health| &health.issues)
    }
}

impl EKSNodegroup {
    pub fn issues(&self) -> &[EKSIssue] {
        self.health.as_ref().map_or(&[], |health| &health.issues)
    }
    /// How many nodes it should have; none where AWS does not say.
    pub fn desired_size(&self) -> Option<i64> {
        self.scaling_config.as_ref().map(|scaling| scaling.desired_size)
    }
}
