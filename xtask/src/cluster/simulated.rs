//! Simulated nodes and pods: the configuration of kwok.

use std::path::Path;

use serde_json::{Value, json};

use crate::error::{Result, read, write};

/// The file in kwok's folder that holds the stages.
pub(crate) const STAGES: &str = "stages.yaml";

/// How many simulated nodes a cluster has: `kwok-0`, `kwok-1`, …
pub(crate) const NODES: usize = 3;

/// The nodes kwok plays; a Node without this annotation stays as a test made it.
pub(crate) const ANNOTATION: &str = "kwok.x-k8s.io/node=fake";

/// The stages that kwok's own sources define, for nodes and for pods that start and end at once.
const FILES: [&str; 5] = [
    "node/fast/node-initialize.yaml",
    "node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
    "pod/fast/pod-ready.yaml",
    "pod/fast/pod-complete.yaml",
    "pod/fast/pod-delete.yaml",
];

/// A pod with this label keeps the status that a test writes; kwok only deletes it.
const NOT_MANUAL: &str =
    r#"    - {key: '.metadata.labels["k8sgpt.test/manual"]', operator: NotIn, values: ["true"]}"#;

/// Takes the stages out of kwok's sources into one file.
pub(crate) fn save_stages(sources: &Path, out: &Path) -> Result<()> {
    let read_one = |file: &&str| Ok(spare_manual(file, &read(&sources.join("kustomize/stage").join(file))?));
    let stages = FILES.iter().map(read_one).collect::<Result<Vec<_>>>()?;
    write(&out.join(STAGES), stages.join("\n---\n"))
}

/// Adds to the stages that give a pod a status the condition that it is not marked as manual.
fn spare_manual(file: &str, stage: &str) -> String {
    if !file.ends_with("pod-ready.yaml") && !file.ends_with("pod-complete.yaml") {
        return stage.to_owned();
    }
    let heading = "    matchExpressions:\n";
    stage.replacen(heading, &format!("{heading}{NOT_MANUAL}\n"), 1)
}

/// Writes what every simulated container's log says, in the format of a container runtime, and the
/// configuration that names it. Gives the configuration's file name.
pub(crate) fn save_logs(folder: &Path) -> Result<&'static str> {
    let line = |second: u8, stream: &str, text: &str| {
        format!("2026-01-01T00:00:0{second}.000000000Z {stream} F {text}\n")
    };
    let current = line(0, "stdout", "starting") + &line(1, "stderr", "ERROR: DATABASE_URL is not set");
    let previous = line(0, "stdout", "starting") + &line(1, "stderr", "ERROR: previous attempt failed");
    write(&folder.join("pod.log"), current)?;
    write(&folder.join("pod.previous.log"), previous)?;
    let (now, before) = (folder.join("pod.log"), folder.join("pod.previous.log"));
    let config = json!({"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "all"},
        "spec": {"logs": [{"logsFile": now, "previousLogsFile": before}]}});
    write(&folder.join("logs.yaml"), config.to_string()).map(|()| "logs.yaml")
}

/// The Node objects to create.
pub(crate) fn nodes() -> Value {
    let size = json!({"cpu": "8", "memory": "32Gi", "pods": "110"});
    let node = |n: usize| {
        let name = format!("kwok-{n}");
        json!({"apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "annotations": {"kwok.x-k8s.io/node": "fake"},
                "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64"}},
            "status": {"allocatable": size, "capacity": size}})
    };
    json!({"apiVersion": "v1", "kind": "List", "items": (0..NODES).map(node).collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stages_that_write_a_pods_status_spare_manual_pods() {
        let stage = "spec:\n  selector:\n    matchExpressions:\n    - key: a\n";
        assert!(spare_manual("pod/fast/pod-ready.yaml", stage).contains("k8sgpt.test/manual"));
        assert_eq!(spare_manual("pod/fast/pod-delete.yaml", stage), stage);
        assert_eq!(spare_manual("node/fast/node-initialize.yaml", stage), stage);
    }
}
