//! Jobs and CronJobs.

use super::{Condition, NameRef, PodTemplate};
use crate::{List, Meta, Str, Time};
use serde::Deserialize;

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct Job {
    pub metadata: Meta,
    pub spec: JobSpec,
    pub status: JobStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct JobSpec {
    pub suspend: Option<bool>,
    pub completions: Option<i64>,
    pub parallelism: Option<i64>,
    pub backoff_limit: Option<i64>,
    pub active_deadline_seconds: Option<i64>,
    pub template: PodTemplate,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct JobStatus {
    pub active: i64,
    pub succeeded: i64,
    pub failed: i64,
    pub start_time: Option<Time>,
    pub completion_time: Option<Time>,
    /// `1,3-5`, of Jobs that count failures by index.
    pub failed_indexes: Str,
    pub conditions: List<Condition>,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CronJob {
    pub metadata: Meta,
    pub spec: CronJobSpec,
    pub status: CronJobStatus,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CronJobSpec {
    pub schedule: Str,
    pub time_zone: Str,
    pub suspend: Option<bool>,
    pub starting_deadline_seconds: Option<i64>,
    pub concurrency_policy: Str,
    pub job_template: JobTemplate,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct JobTemplate {
    pub spec: JobSpec,
}

#[derive(Deserialize, Clone, Default, Debug)]
#[serde(rename_all = "camelCase", default)]
pub struct CronJobStatus {
    /// Runs that have not ended.
    pub active: List<NameRef>,
    pub last_schedule_time: Option<Time>,
    pub last_successful_time: Option<Time>,
}
