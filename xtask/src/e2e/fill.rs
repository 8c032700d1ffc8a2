//! Completing a fixture's lean objects: what the validation of the API server demands and no rule reads.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The order in which kinds are created: owners first, and last what would stand in the way of others.
pub(crate) fn rank(kind: &str) -> u8 {
    match kind {
        "Namespace" | "Node" | "StorageClass" | "IngressClass" | "PersistentVolume" => 0,
        "CronJob" | "Deployment" | "StatefulSet" | "DaemonSet" => 1,
        "Job" | "ReplicaSet" => 2,
        "Pod" => 4,
        "EndpointSlice" => 5,
        "Event" => 6,
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => 7,
        _ => 3,
    }
}

/// The nodes that the pods name and a fixture leaves out: a missing node would be another fault.
pub(crate) fn nodes(objects: &[Value]) -> Vec<Value> {
    let of_kind = |kind: &'static str| objects.iter().filter(move |object| object["kind"] == kind);
    let known = |name: &str| of_kind("Node").any(|node| node["metadata"]["name"] == name);
    let named = of_kind("Pod").filter_map(|pod| pod["spec"]["nodeName"].as_str());
    let names: BTreeSet<&str> = named.filter(|name| !name.is_empty() && !known(name)).collect();
    let ready = json!({"conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}]});
    let node = |name| json!({"kind": "Node", "metadata": {"name": name}, "status": ready});
    names.into_iter().map(node).collect()
}

/// Completes an object in place.
pub(crate) fn fill(object: &mut Value) {
    let name = object["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    match object["kind"].as_str().unwrap_or_default() {
        "Pod" => pod_spec(&mut object["spec"]),
        "Deployment" | "ReplicaSet" | "DaemonSet" | "StatefulSet" => workload(object, &name),
        "Job" => job(&mut object["spec"]),
        "CronJob" => {
            or_insert(object, "/spec", "schedule", json!("0 3 * * *"));
            or_insert(object, "/spec", "jobTemplate", json!({}));
            or_insert(object, "/spec/jobTemplate", "spec", json!({}));
            job(&mut object["spec"]["jobTemplate"]["spec"]);
        }
        "Service" => or_insert(object, "/spec", "ports", json!([{"port": 80}])),
        "Ingress" => ingress(&mut object["spec"]),
        "IngressClass" => or_insert(object, "/spec", "controller", json!("example.com/controller")),
        "PersistentVolumeClaim" => claim(&mut object["spec"]),
        "PersistentVolume" => {
            claim(&mut object["spec"]);
            or_insert(object, "/spec", "capacity", json!({"storage": "1Gi"}));
            // A volume has one source.
            if ["csi", "local", "nfs"].iter().all(|source| object["spec"][source].is_null()) {
                or_insert(object, "/spec", "hostPath", json!({"path": "/data"}));
            }
            if let Some(spec) = object["spec"].as_object_mut() {
                spec.remove("resources");
            }
        }
        "StorageClass" => or_insert(object, "", "provisioner", json!("example.com/provisioner")),
        "EndpointSlice" => endpoints(object),
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => webhooks(object),
        "CustomResourceDefinition" => {
            let schema = json!({"openAPIV3Schema": {"type": "object"}});
            each(&mut object["spec"], "versions").for_each(|v| or_insert(v, "", "schema", schema.clone()));
        }
        _ => {}
    }
    conditions(object);
}

/// Sets a member of the object at this pointer unless it has it; what is no object there becomes one.
fn or_insert(object: &mut Value, pointer: &str, key: &str, value: Value) {
    let mut target = object;
    for step in pointer.split('/').filter(|step| !step.is_empty()) {
        if !target.is_object() {
            *target = json!({});
        }
        target = &mut target[step];
    }
    if !target.is_object() {
        *target = json!({});
    }
    if target[key].is_null() {
        target[key] = value;
    }
}

fn each<'a>(value: &'a mut Value, key: &str) -> impl Iterator<Item = &'a mut Value> {
    value.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten()
}

fn pod_spec(spec: &mut Value) {
    or_insert(spec, "", "containers", json!([{"name": "main"}]));
    for list in ["containers", "initContainers", "ephemeralContainers"] {
        for container in each(spec, list) {
            or_insert(container, "", "image", json!("example.com/app:1"));
            or_insert(container, "", "name", json!("main"));
            container.get_mut("volumeMounts").into_iter().flat_map(Value::as_array_mut).flatten().for_each(
                |mount| {
                    let path = format!("/{}", mount["name"].as_str().unwrap_or("mount"));
                    or_insert(mount, "", "mountPath", json!(path));
                },
            );
        }
    }
}

fn workload(object: &mut Value, name: &str) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    or_insert(object, "/spec", "selector", json!({"matchLabels": {"app": name}}));
    or_insert(object, "/spec", "template", json!({}));
    let labels = object["spec"]["selector"]["matchLabels"].clone();
    or_insert(object, "/spec/template", "metadata", json!({}));
    or_insert(object, "/spec/template/metadata", "labels", labels);
    or_insert(object, "/spec/template", "spec", json!({}));
    pod_spec(&mut object["spec"]["template"]["spec"]);
    if kind == "StatefulSet" {
        each(&mut object["spec"], "volumeClaimTemplates").for_each(|template| claim(&mut template["spec"]));
    }
}

fn job(spec: &mut Value) {
    or_insert(spec, "", "template", json!({}));
    or_insert(spec, "/template", "spec", json!({}));
    or_insert(spec, "/template/spec", "restartPolicy", json!("Never"));
    pod_spec(&mut spec["template"]["spec"]);
}

fn ingress(spec: &mut Value) {
    let empty = spec.get("rules").is_none() && spec.get("defaultBackend").is_none();
    if empty {
        or_insert(spec, "", "rules", json!([{"host": "example.com"}]));
    }
    for rule in each(spec, "rules") {
        for path in rule.pointer_mut("/http/paths").and_then(Value::as_array_mut).into_iter().flatten() {
            or_insert(path, "", "pathType", json!("Prefix"));
            or_insert(path, "", "path", json!("/"));
        }
    }
}

fn claim(spec: &mut Value) {
    or_insert(spec, "", "accessModes", json!(["ReadWriteOnce"]));
    or_insert(spec, "", "resources", json!({"requests": {"storage": "1Gi"}}));
}

fn endpoints(object: &mut Value) {
    or_insert(object, "", "addressType", json!("IPv4"));
    or_insert(object, "", "endpoints", json!([]));
    for (index, endpoint) in each(object, "endpoints").enumerate() {
        or_insert(endpoint, "", "addresses", json!([format!("10.1.0.{}", index + 1)]));
    }
}

fn webhooks(object: &mut Value) {
    for webhook in each(object, "webhooks") {
        or_insert(webhook, "", "admissionReviewVersions", json!(["v1"]));
        or_insert(webhook, "", "sideEffects", json!("None"));
        each(webhook, "rules").for_each(|rule| {
            or_insert(rule, "", "apiVersions", json!(["v1"]));
            or_insert(rule, "", "operations", json!(["CREATE"]));
            or_insert(rule, "", "resources", json!(["pods"]));
            or_insert(rule, "", "apiGroups", json!([""]));
        });
    }
}

/// A finished Job has begun.
fn conditions(object: &mut Value) {
    let finished = object["kind"] == "Job" && object.pointer("/status/conditions").is_some();
    if finished {
        or_insert(object, "/status", "startTime", json!("2026-01-01T00:00:00Z"));
    }
}
