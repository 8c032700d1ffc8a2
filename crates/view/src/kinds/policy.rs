//! Network policies.

use super::PortRef;
use crate::{LabelSelector, List, Meta, Str};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicy {
    pub metadata: Meta,
    pub spec: NetworkPolicySpec,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicySpec {
    pub pod_selector: LabelSelector,
    pub policy_types: List<Str>,
    pub ingress: List<NetworkPolicyRule>,
    pub egress: List<NetworkPolicyRule>,
}

impl NetworkPolicy {
    /// It decides what may reach the pods that it selects.
    pub fn limits_ingress(&self) -> bool {
        self.spec.policy_types.is_empty() || self.spec.policy_types.iter().any(|t| *t == "Ingress")
    }
    /// It decides what the pods that it selects may reach.
    pub fn limits_egress(&self) -> bool {
        let types = &self.spec.policy_types;
        types.iter().any(|t| *t == "Egress") || (types.is_empty() && !self.spec.egress.is_empty())
    }
}

/// A rule of either direction: what it lets pass is in any of the peers and at any of the ports. Without
/// peers it means everybody, without ports every port.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicyRule {
    /// Peers of an ingress rule.
    pub from: List<PolicyPeer>,
    /// Peers of an egress rule.
    pub to: List<PolicyPeer>,
    pub ports: List<PolicyPort>,
}

impl NetworkPolicyRule {
    /// The peers, whichever direction the rule has.
    pub fn peers(&self) -> &[PolicyPeer] {
        if self.from.is_empty() { &self.to } else { &self.from }
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyPeer {
    pub pod_selector: Option<LabelSelector>,
    pub namespace_selector: Option<LabelSelector>,
    pub ip_block: Option<IpBlock>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct IpBlock {
    pub cidr: Str,
    pub except: List<Str>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyPort {
    pub protocol: Str,
    pub port: Option<PortRef>,
    pub end_port: Option<i32>,
}
