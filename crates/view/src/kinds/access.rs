//! Roles and who has them.

use crate::{List, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Role {
    pub metadata: Meta,
    pub rules: List<PolicyRule>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterRole {
    pub metadata: Meta,
    pub rules: List<PolicyRule>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyRule {
    pub verbs: List<Str>,
    pub api_groups: List<Str>,
    pub resources: List<Str>,
    pub resource_names: List<Str>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleBinding {
    pub metadata: Meta,
    pub role_ref: RoleRef,
    pub subjects: List<Subject>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ClusterRoleBinding {
    pub metadata: Meta,
    pub role_ref: RoleRef,
    pub subjects: List<Subject>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct RoleRef {
    /// `Role` or `ClusterRole`.
    pub kind: Str,
    pub name: Str,
}

/// Somebody who has a role: a `ServiceAccount`, `User` or `Group`.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Subject {
    pub kind: Str,
    pub name: Str,
    pub namespace: Str,
}
