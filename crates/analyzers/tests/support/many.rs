//! Faults with as many symptoms as wanted.

use crate::simulated;
use analyzers::{Finding, Findings, Severity};
use serde_json::{Value, json};
use view::{Kind, ObjectRef, View};

/// Owners of the pods that need one Secret.
const OWNERS: usize = 30;
/// Services of the pods on a lost node, and namespaces.
pub const SERVICES: usize = 40;

fn pod(n: usize) -> ObjectRef {
    ObjectRef::new("Pod", format!("team-{:02}", n % SERVICES), format!("web-{n}-abcde"))
}

fn listed(out: &Findings) -> Vec<Finding> {
    out.iter().cloned().collect()
}

/// A lost node with so many pods, behind 40 Services.
pub fn pods_of_a_node(pods: usize) -> Vec<Finding> {
    let node = ObjectRef::new("Node", "", "node-1");
    let mut all = Findings::new("node/not-ready", "Node", Severity::Critical);
    all.on(node.clone(), "is not ready").brief("not ready").fix("x");
    let mut all = listed(&all);
    let mut lost = Findings::new("pod/node-lost", "Pod", Severity::Error);
    for n in 0..pods {
        let finding = lost.on(pod(n), "is on a node that is not ready");
        finding.brief("on a node that is not ready").because(node.clone()).fix("x");
    }
    all.extend(listed(&lost));
    let mut services = Findings::new("service/no-endpoints", "Service", Severity::Error);
    for n in 0..SERVICES {
        let object = ObjectRef::new("Service", format!("team-{n:02}"), "web");
        let behind = (0..pods).filter(|pod| pod % SERVICES == n).map(pod);
        services.on(object, "has no endpoints").brief("no endpoints").because_all(behind).fix("x");
    }
    all.extend(listed(&services));
    all
}

/// So many clients wait for a Service whose equally many pods crash: a circle-free net of the square of ways.
pub fn clients_of_crashing_pods(many: usize) -> Vec<Finding> {
    let service = ObjectRef::new("Service", "prod", "api");
    let back = |n: usize| ObjectRef::new("Pod", "prod", format!("api-{n}"));
    let mut all = Findings::new("pod/crash-loop", "Pod", Severity::Error);
    for n in 0..many {
        all.on(back(n), "crashes").brief("crash-looping").same("api").fix("x");
    }
    let mut all = listed(&all);
    let mut services = Findings::new("service/no-endpoints", "Service", Severity::Error);
    let finding = services.on(service.clone(), "has no endpoints");
    finding.brief("no endpoints").because_all((0..many).map(back)).fix("x");
    all.extend(listed(&services));
    let mut clients = Findings::new("pod/init-waiting", "Pod", Severity::Error);
    for n in 0..many {
        clients.on(pod(n), "waits").brief("waits").because(service.clone()).fix("x");
    }
    all.extend(listed(&clients));
    all
}

/// So many pods of 30 Deployments need one Secret that does not exist.
pub fn pods_without_their_secret(pods: usize) -> View {
    simulated::built(|kind| match kind {
        Kind::Pod => (0..pods).map(waiting).collect(),
        Kind::ReplicaSet => (0..OWNERS).map(|owner| replica_set(owner, pods / OWNERS)).collect(),
        Kind::Deployment => (0..OWNERS).map(|owner| deployment(owner, pods / OWNERS)).collect(),
        Kind::Node => vec![
            json!({"metadata": {"name": "node1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        ],
        _ => Vec::new(),
    })
}

const CREATED: &str = "2026-01-01T00:10:00Z";

fn waiting(n: usize) -> Value {
    let owner = n % OWNERS;
    json!({"metadata": {"name": format!("web-{owner}-{n}"), "namespace": "prod", "uid": format!("p{n}"), "creationTimestamp": CREATED, "labels": {"app": format!("web-{owner}")},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("web-{owner}-1"), "uid": format!("r{owner}"), "controller": true}]},
        "spec": {"nodeName": "node1", "containers": [{"name": "main", "image": "web", "envFrom": [{"secretRef": {"name": "db"}}]}]},
        "status": {"phase": "Pending", "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": CREATED}],
            "containerStatuses": [{"name": "main", "ready": false, "state": {"waiting": {"reason": "CreateContainerConfigError", "message": "secret \"db\" not found"}}}]}})
}

fn replica_set(owner: usize, pods: usize) -> Value {
    json!({"metadata": {"name": format!("web-{owner}-1"), "namespace": "prod", "uid": format!("r{owner}"),
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "Deployment", "name": format!("web-{owner}"), "uid": format!("d{owner}"), "controller": true}]},
        "spec": {"replicas": pods}, "status": {"replicas": pods}})
}

fn deployment(owner: usize, pods: usize) -> Value {
    json!({"metadata": {"name": format!("web-{owner}"), "namespace": "prod", "uid": format!("d{owner}"), "generation": 1, "creationTimestamp": CREATED},
        "spec": {"replicas": pods, "selector": {"matchLabels": {"app": format!("web-{owner}")}}},
        "status": {"observedGeneration": 1, "replicas": pods, "updatedReplicas": pods, "unavailableReplicas": pods,
            "conditions": [{"type": "Available", "status": "False", "reason": "MinimumReplicasUnavailable", "lastTransitionTime": CREATED},
                {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "lastTransitionTime": "2026-01-01T00:20:00Z"}]}})
}
