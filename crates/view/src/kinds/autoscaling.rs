//! Autoscalers.

use super::{Condition, NameRef};
use crate::{List, Map, Meta, Str};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HorizontalPodAutoscaler {
    pub metadata: Meta,
    pub spec: HorizontalPodAutoscalerSpec,
    pub status: HorizontalPodAutoscalerStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HorizontalPodAutoscalerSpec {
    pub scale_target_ref: ScaleTargetRef,
    pub min_replicas: Option<i64>,
    pub max_replicas: i64,
    pub metrics: List<MetricSpec>,
}

/// The object whose number of replicas an autoscaler sets.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaleTargetRef {
    pub api_version: Str,
    pub kind: Str,
    pub name: Str,
}

impl ScaleTargetRef {
    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct MetricSpec {
    /// `Resource`, `ContainerResource`, `Pods`, `Object` or `External`.
    #[serde(rename = "type")]
    pub kind: Str,
    pub resource: Option<ResourceMetric>,
    pub container_resource: Option<ResourceMetric>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceMetric {
    pub name: Str,
    /// Of `containerResource` only.
    pub container: Str,
    pub target: MetricTarget,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct MetricTarget {
    /// `Utilization`, `AverageValue` or `Value`.
    #[serde(rename = "type")]
    pub kind: Str,
    pub average_utilization: Option<i64>,
    pub average_value: Str,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct HorizontalPodAutoscalerStatus {
    pub current_replicas: i64,
    pub desired_replicas: i64,
    pub current_metrics: List<MetricStatus>,
    pub conditions: List<Condition>,
}

/// What was measured last, for metrics of pods' resources.
#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct MetricStatus {
    pub resource: Option<ResourceMetricStatus>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceMetricStatus {
    pub name: Str,
    pub current: MetricTarget,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaledObject {
    pub metadata: Meta,
    pub spec: ScaledObjectSpec,
    pub status: ScaledObjectStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaledObjectSpec {
    pub scale_target_ref: ScaleTargetRef,
    pub triggers: List<Trigger>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Trigger {
    #[serde(rename = "type")]
    pub kind: Str,
    pub name: Str,
    /// `Utilization`, `AverageValue` or `Value`.
    pub metric_type: Str,
    pub metadata: Map,
    pub authentication_ref: Option<NameRef>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct ScaledObjectStatus {
    pub conditions: List<Condition>,
    pub hpa_name: Str,
    /// By metric name.
    pub health: Option<BTreeMap<Str, TriggerHealth>>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct TriggerHealth {
    pub number_of_failures: Option<i64>,
    /// `Happy` or `Failing`.
    pub status: Str,
}
