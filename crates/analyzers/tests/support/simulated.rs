//! A cluster as large as wanted: in every namespace 250 pods of 25 Deployments, each with a Service and a
//! ConfigMap, and three faults: `app-03` crashes, `app-07` wants nodes that do not exist, the Service `app-11`
//! selects nothing.

use serde_json::{Value, json};
use view::{Builder, Kind, Rows, Status, Time, View};

const APPS: usize = 25;
const REPLICAS: usize = 10;

/// A View of so many namespaces, with nodes for their pods.
pub fn view(namespaces: usize) -> View {
    built(|kind| items(kind, namespaces))
}

/// A View of these objects, of which every list was read whole.
pub fn built(items: impl Fn(Kind) -> Vec<Value>) -> View {
    let mut builder = Builder::new(Time::parse("2026-01-01T01:00:00Z").expect("a time"), "v1.36.3");
    for &kind in Kind::ALL {
        let items = items(kind);
        let mut rows = Rows::empty(kind);
        for page in items.chunks(500) {
            let body = json!({ "items": page }).to_string();
            let page = rows.append_page(body.as_bytes()).expect("own JSON is a list");
            assert_eq!(page.skipped, 0, "a {kind} does not parse");
        }
        builder.set(rows, Status::Complete, None);
    }
    builder.finish()
}

fn items(kind: Kind, namespaces: usize) -> Vec<Value> {
    let nodes = (namespaces * 5 / 2).max(2);
    match kind {
        Kind::Node => (0..nodes).map(node).collect(),
        Kind::Namespace => {
            (0..namespaces).map(|n| json!({"metadata": {"name": team(n), "uid": team(n)}})).collect()
        }
        Kind::Pod => each(namespaces, |n, app| (0..REPLICAS).map(|at| pod(n, app, at, nodes)).collect()),
        Kind::Deployment => each(namespaces, |n, app| vec![deployment(n, app)]),
        Kind::ReplicaSet => each(namespaces, |n, app| vec![replica_set(n, app)]),
        Kind::Service => each(namespaces, |n, app| vec![service(n, app)]),
        Kind::EndpointSlice => each(namespaces, |n, app| vec![slice(n, app, nodes)]),
        Kind::ConfigMap => {
            each(namespaces, |n, app| vec![json!({"metadata": meta(n, &name(app), "c"), "data": {"a": "b"}})])
        }
        Kind::Event => each(namespaces, events),
        _ => Vec::new(),
    }
}

fn each(namespaces: usize, of: impl Fn(usize, usize) -> Vec<Value>) -> Vec<Value> {
    (0..namespaces).flat_map(|n| (0..APPS).map(move |app| (n, app))).flat_map(|(n, app)| of(n, app)).collect()
}

fn team(n: usize) -> String {
    format!("team-{n:02}")
}

fn name(app: usize) -> String {
    format!("app-{app:02}")
}

fn meta(n: usize, name: &str, kind: &str) -> Value {
    json!({"name": name, "namespace": team(n), "uid": format!("{kind}-{n}-{name}"), "creationTimestamp": "2026-01-01T00:00:00Z"})
}

fn node(at: usize) -> Value {
    let name = format!("n{at:04}");
    json!({"metadata": {"name": name, "uid": name, "labels": {"kubernetes.io/hostname": name, "kubernetes.io/os": "linux"}},
        "status": {"allocatable": {"cpu": "64", "memory": "256Gi", "pods": "200"}, "capacity": {"cpu": "64", "memory": "256Gi", "pods": "200"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]}})
}

fn labels(n: usize, app: usize) -> Value {
    json!({"app": name(app), "tier": "web", "team": format!("t{n}"), "pod-template-hash": "5d8c"})
}

fn owner(kind: &str, name: &str, uid: &str) -> Value {
    json!([{"apiVersion": "apps/v1", "kind": kind, "name": name, "uid": uid, "controller": true}])
}

fn template(app: usize) -> Value {
    let env: Vec<Value> =
        (0..12).map(|k| json!({"name": format!("VAR_{k}"), "value": "x".repeat(20)})).collect();
    let probe = json!({"httpGet": {"path": "/", "port": 8080}});
    let mut spec = json!({"containers": [{"name": "main", "image": "registry.example/app:1.2.3", "ports": [{"containerPort": 8080}], "env": env,
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"cpu": "1", "memory": "128Mi"}},
        "volumeMounts": [{"name": "cfg", "mountPath": "/cfg"}], "livenessProbe": probe, "readinessProbe": probe}],
        "volumes": [{"name": "cfg", "configMap": {"name": name(app)}}]});
    if app == 7 {
        spec["nodeSelector"] = json!({"disk": "ssd"});
    }
    spec
}

fn pod_name(app: usize, at: usize) -> String {
    format!("{}-5d8c-{at:05}", name(app))
}

fn pod(n: usize, app: usize, at: usize, nodes: usize) -> Value {
    let mut metadata = meta(n, &pod_name(app, at), "p");
    metadata["labels"] = labels(n, app);
    metadata["ownerReferences"] =
        owner("ReplicaSet", &format!("{}-5d8c", name(app)), &format!("r-{n}-{}-5d8c", name(app)));
    let mut spec = template(app);
    let time = "2026-01-01T00:00:05Z";
    let condition =
        |kind: &str, status: &str| json!({"type": kind, "status": status, "lastTransitionTime": time});
    let status = match app {
        7 => {
            json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "lastTransitionTime": time,
            "message": format!("0/{nodes} nodes are available: {nodes} node(s) didn't match Pod's node affinity/selector. preemption: 0/{nodes} nodes are available: {nodes} Preemption is not helpful for scheduling.")}]})
        }
        3 => {
            json!({"phase": "Running", "conditions": [condition("PodScheduled", "True"), condition("Ready", "False")],
            "containerStatuses": [{"name": "main", "image": "registry.example/app:1.2.3", "ready": false, "restartCount": 7,
                "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": time, "finishedAt": time}},
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}}]})
        }
        _ => {
            json!({"phase": "Running", "podIP": "10.0.0.1", "conditions": [condition("PodScheduled", "True"), condition("Ready", "True")],
            "containerStatuses": [{"name": "main", "image": "registry.example/app:1.2.3", "ready": true, "restartCount": 0, "state": {"running": {"startedAt": time}}}]})
        }
    };
    if app != 7 {
        spec["nodeName"] = json!(format!("n{:04}", (n * 250 + app * 10 + at) % nodes));
    }
    json!({"metadata": metadata, "spec": spec, "status": status})
}

fn ready(app: usize) -> usize {
    if app == 3 || app == 7 { 0 } else { REPLICAS }
}

fn deployment(n: usize, app: usize) -> Value {
    let (time, is_ready) = ("2026-01-01T00:00:05Z", ready(app) > 0);
    let available = if is_ready { "True" } else { "False" };
    json!({"metadata": meta(n, &name(app), "d"), "spec": {"replicas": REPLICAS, "selector": {"matchLabels": {"app": name(app)}},
            "template": {"metadata": {"labels": labels(n, app)}, "spec": template(app)}},
        "status": {"observedGeneration": 0, "replicas": REPLICAS, "updatedReplicas": REPLICAS, "readyReplicas": ready(app), "availableReplicas": ready(app),
            "unavailableReplicas": REPLICAS - ready(app),
            "conditions": [{"type": "Available", "status": available, "reason": "MinimumReplicas", "lastTransitionTime": time, "lastUpdateTime": time}]}})
}

fn replica_set(n: usize, app: usize) -> Value {
    let mut metadata = meta(n, &format!("{}-5d8c", name(app)), "r");
    metadata["ownerReferences"] = owner("Deployment", &name(app), &format!("d-{n}-{}", name(app)));
    metadata["labels"] = labels(n, app);
    json!({"metadata": metadata, "spec": {"replicas": REPLICAS, "selector": {"matchLabels": {"app": name(app)}}, "template": {"spec": template(app)}},
        "status": {"replicas": REPLICAS, "readyReplicas": ready(app), "availableReplicas": ready(app)}})
}

fn service(n: usize, app: usize) -> Value {
    let selected = if app == 11 { "typo".to_owned() } else { name(app) };
    json!({"metadata": meta(n, &name(app), "s"), "spec": {"selector": {"app": selected}, "ports": [{"port": 80, "targetPort": 8080}]}})
}

fn slice(n: usize, app: usize, nodes: usize) -> Value {
    let mut metadata = meta(n, &format!("{}-x7x7x", name(app)), "e");
    metadata["labels"] = json!({"kubernetes.io/service-name": name(app)});
    let target = |at: usize| json!({"kind": "Pod", "namespace": team(n), "name": pod_name(app, at)});
    let endpoint = |at: usize| json!({"addresses": ["10.0.0.1"], "conditions": {"ready": ready(app) > 0}, "nodeName": format!("n{:04}", at % nodes), "targetRef": target(at)});
    let endpoints: Vec<Value> =
        if app == 11 || app == 7 { Vec::new() } else { (0..REPLICAS).map(endpoint).collect() };
    json!({"metadata": metadata, "endpoints": endpoints, "ports": [{"port": 8080}]})
}

fn events(n: usize, app: usize) -> Vec<Value> {
    let (reason, message) = match app {
        3 => ("BackOff", "Back-off restarting failed container main in pod"),
        7 => (
            "FailedScheduling",
            "0/100 nodes are available: 100 node(s) didn't match Pod's node affinity/selector.",
        ),
        _ => return Vec::new(),
    };
    let event = |at: usize| {
        json!({"metadata": meta(n, &format!("{}.{at}", pod_name(app, at)), "v"), "type": "Warning", "reason": reason, "message": message,
            "lastTimestamp": "2026-01-01T00:50:00Z", "count": 12,
            "involvedObject": {"kind": "Pod", "namespace": team(n), "name": pod_name(app, at), "uid": format!("p-{n}-{}", pod_name(app, at))}})
    };
    (0..REPLICAS).map(event).collect()
}
