//! Objects as short lines: what kubectl shows in a table, for the kinds people list most.

use std::fmt::Write as _;

use engine::cluster::Resource;
use serde_json::{Map, Value, json};

use crate::objects::at;

/// An object as a line of a table: namespace, name, what is special to its kind, age.
pub fn row(resource: &Resource, object: &Value, now: impl std::fmt::Display) -> Value {
    let mut row = Map::new();
    if resource.namespaced {
        row.insert("namespace".to_owned(), json!(at(object, "/metadata/namespace")));
    }
    row.insert("name".to_owned(), json!(at(object, "/metadata/name")));
    for (key, value) in special(&resource.kind, object) {
        row.insert(key.to_owned(), value);
    }
    let created = at(object, "/metadata/creationTimestamp");
    if let Some(age) = age(created, &now.to_string()) {
        row.insert("age".to_owned(), json!(age));
    }
    Value::Object(row)
}

fn special(kind: &str, object: &Value) -> Vec<(&'static str, Value)> {
    let text = |pointer: &str| json!(at(object, pointer));
    let number = |pointer: &str| object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0);
    let ready = |ready: &str, wanted: &str| json!(format!("{}/{}", number(ready), number(wanted)));
    match kind {
        "Pod" => pod(object),
        "Deployment" | "StatefulSet" | "ReplicaSet" => vec![("ready", ready("/status/readyReplicas", "/spec/replicas"))],
        "DaemonSet" => vec![("ready", ready("/status/numberReady", "/status/desiredNumberScheduled"))],
        "Job" => {
            let wanted = object.pointer("/spec/completions").and_then(Value::as_i64).unwrap_or(1);
            vec![
                ("completions", json!(format!("{}/{wanted}", number("/status/succeeded")))),
                ("failed", json!(number("/status/failed"))),
            ]
        }
        "CronJob" => vec![("schedule", text("/spec/schedule")), ("lastScheduleTime", text("/status/lastScheduleTime"))],
        "Service" => vec![("type", text("/spec/type")), ("clusterIP", text("/spec/clusterIP")), ("ports", ports(object))],
        "Node" => vec![("status", node_status(object)), ("version", text("/status/nodeInfo/kubeletVersion"))],
        "PersistentVolumeClaim" => vec![
            ("status", text("/status/phase")),
            ("volume", text("/spec/volumeName")),
            ("storageClass", text("/spec/storageClassName")),
        ],
        "PersistentVolume" => vec![
            ("status", text("/status/phase")),
            ("claim", json!(format!("{}/{}", at(object, "/spec/claimRef/namespace"), at(object, "/spec/claimRef/name")))),
        ],
        "Secret" => vec![("type", text("/type"))],
        "Event" => vec![("type", text("/type")), ("reason", text("/reason")), ("message", text("/message"))],
        _ => match at(object, "/status/phase") {
            "" => Vec::new(),
            phase => vec![("status", json!(phase))],
        },
    }
}

fn pod(object: &Value) -> Vec<(&'static str, Value)> {
    let statuses = list(object, "/status/containerStatuses");
    let ready = statuses.iter().filter(|status| status.get("ready") == Some(&json!(true))).count();
    let restarts: i64 = statuses.iter().filter_map(|status| status.get("restartCount")?.as_i64()).sum();
    let total = list(object, "/spec/containers").len();
    vec![
        ("ready", json!(format!("{ready}/{total}"))),
        ("status", json!(pod_status(object))),
        ("restarts", json!(restarts)),
        ("node", json!(at(object, "/spec/nodeName"))),
    ]
}

/// The word that says how a pod is: why a container waits or ended, else its phase.
pub fn pod_status(object: &Value) -> String {
    if object.pointer("/metadata/deletionTimestamp").is_some() {
        return "Terminating".to_owned();
    }
    let init = list(object, "/status/initContainerStatuses");
    let main = list(object, "/status/containerStatuses");
    let reason = |statuses: &[Value], ended: bool| {
        statuses.iter().find_map(|status| {
            let waiting = at(status, "/state/waiting/reason");
            let terminated = at(status, "/state/terminated/reason");
            match (waiting, terminated) {
                ("" | "PodInitializing" | "ContainerCreating", "" | "Completed") => None,
                (waiting, "" | "Completed") => Some(waiting.to_owned()),
                (_, terminated) if ended => Some(terminated.to_owned()),
                _ => None,
            }
        })
    };
    if let Some(reason) = reason(init, true) {
        return format!("Init:{reason}");
    }
    let status_reason = at(object, "/status/reason");
    reason(main, true).unwrap_or_else(|| {
        let shown = if status_reason.is_empty() { at(object, "/status/phase") } else { status_reason };
        shown.to_owned()
    })
}

fn node_status(object: &Value) -> Value {
    let ready = list(object, "/status/conditions").iter().find(|condition| at(condition, "/type") == "Ready");
    let mut status = match ready.map(|condition| at(condition, "/status")) {
        Some("True") => "Ready".to_owned(),
        Some("False") => "NotReady".to_owned(),
        _ => "Unknown".to_owned(),
    };
    if object.pointer("/spec/unschedulable") == Some(&json!(true)) {
        status.push_str(",SchedulingDisabled");
    }
    json!(status)
}

fn ports(object: &Value) -> Value {
    let shown = list(object, "/spec/ports").iter().map(|port| {
        let number = port.get("port").and_then(Value::as_i64).unwrap_or(0);
        format!("{number}/{}", at(port, "/protocol"))
    });
    json!(shown.collect::<Vec<_>>().join(","))
}

fn list<'a>(object: &'a Value, pointer: &str) -> &'a [Value] {
    object.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// `3d4h`, from two RFC 3339 times.
pub fn age(from: &str, to: &str) -> Option<String> {
    let seconds = |time: &str| time.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second);
    let gone = (seconds(to)? - seconds(from)?).max(0);
    let (minutes, hours, days) = (gone / 60, gone / 3600, gone / 86_400);
    Some(match gone {
        0..=119 => format!("{gone}s"),
        120..=7199 => format!("{minutes}m"),
        7200..=172_799 => format!("{hours}h"),
        _ => format!("{days}d"),
    })
}

/// Rows as a table with a heading, columns aligned.
pub fn table(resource: &Resource, rows: &[Value]) -> String {
    let Some(first) = rows.first().and_then(Value::as_object) else {
        return format!("no {}", resource.plural);
    };
    let order = ["namespace", "name"];
    let mut columns: Vec<&str> = order.into_iter().filter(|key| first.contains_key(*key)).collect();
    columns.extend(first.keys().map(String::as_str).filter(|key| !order.contains(key) && *key != "age"));
    columns.push("age");
    let cell = |row: &Value, key: &str| match row.get(key) {
        Some(Value::String(text)) => crate::text::brief(text, 120),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let mut lines: Vec<Vec<String>> = vec![columns.iter().map(|key| key.to_uppercase()).collect()];
    lines.extend(rows.iter().map(|row| columns.iter().map(|key| cell(row, key)).collect()));
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            // Writing to a String cannot fail.
            let _ = write!(text, "{cell:<width$}  ");
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_like_kubectl() {
        let cases = [("12:00:05", "5s"), ("12:10:00", "10m"), ("15:00:00", "3h")];
        for (to, expected) in cases {
            let age = age("2026-01-01T12:00:00Z", &format!("2026-01-01T{to}Z"));
            assert_eq!(age.as_deref(), Some(expected));
        }
        assert_eq!(age("2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z").as_deref(), Some("3d"));
        assert_eq!(age("yesterday", "2026-01-04T00:00:00Z"), None);
    }

    #[test]
    fn a_pod_says_why_it_does_not_run() {
        let waiting = json!({ "status": { "phase": "Pending", "containerStatuses": [{ "state": { "waiting": { "reason": "ImagePullBackOff" } } }] } });
        assert_eq!(pod_status(&waiting), "ImagePullBackOff");
        let creating = json!({ "status": { "phase": "Pending", "containerStatuses": [{ "state": { "waiting": { "reason": "ContainerCreating" } } }] } });
        assert_eq!(pod_status(&creating), "Pending");
        let init = json!({ "status": { "phase": "Pending", "initContainerStatuses": [{ "state": { "waiting": { "reason": "CrashLoopBackOff" } } }] } });
        assert_eq!(pod_status(&init), "Init:CrashLoopBackOff");
        assert_eq!(pod_status(&json!({ "status": { "phase": "Running" } })), "Running");
    }
}
