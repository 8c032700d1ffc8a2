//! The newest time an object speaks of, for formats that do not say when they were recorded.

use jiff::Timestamp;
use serde_json::Value;

/// Fields that hold a past moment. Others may lie in the future (certificates, schedules, leases).
const PAST: &[&str] = &[
    "creationTimestamp",
    "deletionTimestamp",
    "lastTransitionTime",
    "lastUpdateTime",
    "lastHeartbeatTime",
    "lastProbeTime",
    "lastTimestamp",
    "firstTimestamp",
    "eventTime",
    "lastObservedTime",
    "startedAt",
    "finishedAt",
    "startTime",
    "completionTime",
    "renewTime",
    "acquireTime",
    "lastScheduleTime",
    "lastSuccessfulTime",
    "lastScaleTime",
];

/// The newest of the past moments anywhere in `value`.
pub(super) fn newest(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Object(map) => map
            .iter()
            .filter_map(|(key, value)| match value {
                Value::String(text) if PAST.contains(&key.as_str()) => text.parse().ok(),
                other => newest(other),
            })
            .max(),
        Value::Array(items) => items.iter().filter_map(newest).max(),
        _ => None,
    }
}
