//! Lean kinds: the fields that analyzers read, spelled as in the Kubernetes API reference, where
//! their meaning stands. Unknown fields are skipped unallocated.
#![allow(missing_docs, reason = "the fields are the Kubernetes API's own; its reference documents them")]

mod access;
mod admission;
mod affinity;
mod attachment;
mod autoscaling;
mod batch;
mod certificate;
mod config;
mod container;
mod custom;
mod delivery;
mod disruption;
mod eks;
mod event;
mod extension;
mod gateway;
mod limits;
mod network;
mod node;
mod olm;
mod pod;
mod policy;
mod replication;
mod report;
mod storage;
mod workload;

pub use access::*;
pub use admission::*;
pub use affinity::*;
pub use attachment::*;
pub use autoscaling::*;
pub use batch::*;
pub use certificate::*;
pub use config::*;
pub use container::*;
pub use custom::*;
pub use delivery::*;
pub use disruption::*;
pub use eks::*;
pub use event::*;
pub use extension::*;
pub use gateway::*;
pub use limits::*;
pub use network::*;
pub use node::*;
pub use olm::*;
pub use pod::*;
pub use policy::*;
pub use replication::*;
pub use report::*;
pub use storage::*;
pub use workload::*;

use crate::{Str, Time};
use serde::Deserialize;

/// A status condition, as most kinds carry them.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: Str,
    pub status: Str,
    pub reason: Str,
    pub message: Str,
    pub last_transition_time: Option<Time>,
    /// Deployments: when the rollout last moved.
    pub last_update_time: Option<Time>,
    pub last_heartbeat_time: Option<Time>,
    /// Custom resources: the generation of the object that this condition speaks of.
    pub observed_generation: Option<i64>,
    /// How bad it is when it does not hold, where its kind says so: `Info` is no fault.
    pub severity: Str,
}

impl Condition {
    pub fn is_true(&self) -> bool {
        self.status == "True"
    }
    pub fn is_false(&self) -> bool {
        self.status == "False"
    }
}

/// The condition of this type: never by position.
pub fn condition<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|c| c.kind == kind)
}

/// A port given by number or by name.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(untagged)]
pub enum PortRef {
    Number(i32),
    Name(Str),
}

impl Default for PortRef {
    fn default() -> Self {
        PortRef::Number(0)
    }
}

impl std::fmt::Display for PortRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            PortRef::Number(n) => write!(f, "{n}"),
            PortRef::Name(n) => write!(f, "{n}"),
        }
    }
}

/// A reference to another object by name in the same namespace.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct NameRef {
    pub name: Str,
}
