//! Pods and pod templates.

use super::{Affinity, Condition, Container, NameRef, Resources, SecurityContext, TopologySpread, Volume};
use crate::{List, Map, Meta, Str, Time};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Pod {
    pub metadata: Meta,
    pub spec: PodSpec,
    pub status: PodStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    pub node_name: Str,
    pub service_account_name: Str,
    pub containers: List<Container>,
    pub init_containers: List<Container>,
    pub ephemeral_containers: List<Container>,
    pub volumes: List<Volume>,
    pub image_pull_secrets: List<NameRef>,
    pub node_selector: Map,
    pub affinity: Option<Box<Affinity>>,
    pub topology_spread_constraints: List<TopologySpread>,
    pub tolerations: List<Toleration>,
    pub restart_policy: Str,
    pub scheduling_gates: List<NameRef>,
    pub scheduler_name: Str,
    pub security_context: SecurityContext,
    pub termination_grace_period_seconds: Option<i64>,
    pub priority_class_name: Str,
    /// It uses the node's address: network policies do not see it as a pod.
    pub host_network: bool,
    pub dns_policy: Str,
    /// Of the pod as a whole; containers have their own.
    pub resources: Resources,
    #[serde(rename = "hostPID")]
    pub host_pid: bool,
    #[serde(rename = "hostIPC")]
    pub host_ipc: bool,
}

impl PodSpec {
    /// Every container: init, regular, ephemeral.
    pub fn all_containers(&self) -> impl Iterator<Item = &Container> {
        self.init_containers.iter().chain(&self.containers).chain(&self.ephemeral_containers)
    }
    /// The container of this name, wherever it stands.
    pub fn container(&self, name: &str) -> Option<&Container> {
        self.all_containers().find(|c| c.name == name)
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Toleration {
    pub key: Str,
    pub operator: Str,
    pub value: Str,
    pub effect: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTemplate {
    pub metadata: Meta,
    pub spec: PodSpec,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    pub phase: Str,
    /// The scheduler has chosen this node and still has to bind the pod or its claims.
    pub nominated_node_name: Str,
    pub reason: Str,
    pub message: Str,
    pub conditions: List<Condition>,
    pub container_statuses: List<ContainerStatus>,
    pub init_container_statuses: List<ContainerStatus>,
    pub ephemeral_container_statuses: List<ContainerStatus>,
    pub start_time: Option<Time>,
    #[serde(rename = "podIP")]
    pub pod_ip: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    pub name: Str,
    pub image: Str,
    pub ready: bool,
    pub started: Option<bool>,
    pub restart_count: i64,
    pub state: ContainerState,
    pub last_state: ContainerState,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerState {
    pub waiting: Option<Waiting>,
    pub running: Option<Running>,
    pub terminated: Option<Terminated>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Waiting {
    pub reason: Str,
    pub message: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Running {
    pub started_at: Option<Time>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Terminated {
    pub exit_code: i64,
    pub signal: i64,
    pub reason: Str,
    pub message: Str,
    pub started_at: Option<Time>,
    pub finished_at: Option<Time>,
}

impl Pod {
    /// Statuses of init containers, then of regular ones.
    pub fn container_statuses(&self) -> impl Iterator<Item = &ContainerStatus> {
        self.status.init_container_statuses.iter().chain(&self.status.container_statuses)
    }
    /// The pod ended: nothing in it will run again.
    pub fn is_finished(&self) -> bool {
        matches!(self.status.phase.as_str(), "Succeeded" | "Failed")
    }
    /// The pod is being deleted.
    pub fn is_terminating(&self) -> bool {
        self.metadata.deletion_timestamp.is_some()
    }
    /// The `Ready` condition is True.
    pub fn is_ready(&self) -> bool {
        super::condition(&self.status.conditions, "Ready").is_some_and(Condition::is_true)
    }
    /// True when the pod's service account, labels or owner are of no concern: it should be running.
    pub fn should_run(&self) -> bool {
        !self.is_finished() && !self.is_terminating()
    }
}
