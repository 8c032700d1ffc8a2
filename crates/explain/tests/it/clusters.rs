//! Views for the tests.

use serde_json::{Value, json};
use view::{Builder, Kind, Rows, Status, Time, View};

/// A View of objects as the API returns them.
pub fn view(objects: &[Value]) -> View {
    let mut builder = Builder::new(Time::default(), "v1.36.0");
    for kind in Kind::ALL.iter().filter(|kind| !kind.info().remote) {
        let known =
            |object: &Value| object["kind"].as_str().and_then(Kind::parse).unwrap_or(Kind::CustomResource);
        let items: Vec<&Value> = objects.iter().filter(|object| known(object) == *kind).collect();
        let mut rows = Rows::empty(*kind);
        rows.append_page(json!({ "items": items }).to_string().as_bytes()).unwrap();
        builder.set(rows, Status::Complete, None);
    }
    builder.finish()
}

pub fn object(kind: &str, namespace: &str, name: &str) -> Value {
    json!({ "kind": kind, "metadata": { "namespace": namespace, "name": name, "uid": format!("uid-{name}") } })
}

/// A shop: a Deployment whose pods crash, its Service, its node.
pub fn shop() -> View {
    let spec = json!({
        "nodeName": "ip-10-0-1-23.eu-west-1.compute.internal",
        "containers": [{
            "name": "checkout-api",
            "image": "registry.acme-corp.example.com:5000/payments/checkout:1.4.2",
            "env": [{ "name": "DB_HOST", "value": "ledger-db.treasury.svc.cluster.local:5432" }],
            "resources": { "limits": { "memory": "128Mi" } },
            "readinessProbe": { "httpGet": { "path": "/ready", "port": 8080 } },
        }],
    });
    let labels = json!({ "app": "checkout", "team": "blue-whale", "pod-template-hash": "65c4567f84" });
    view(&[
        object("Namespace", "", "storefront"),
        object("Namespace", "", "treasury"),
        json!({ "kind": "Node", "metadata": { "name": "ip-10-0-1-23.eu-west-1.compute.internal" },
            "status": { "conditions": [{ "type": "Ready", "status": "True" }] } }),
        json!({ "kind": "Deployment", "metadata": { "namespace": "storefront", "name": "checkout", "uid": "d1" },
            "spec": { "replicas": 1, "selector": { "matchLabels": { "app": "checkout" } },
                "template": { "metadata": { "labels": labels }, "spec": spec } },
            "status": { "replicas": 1, "unavailableReplicas": 1 } }),
        json!({ "kind": "ReplicaSet", "metadata": { "namespace": "storefront", "name": "checkout-65c4567f84", "uid": "r1",
            "ownerReferences": [{ "apiVersion": "apps/v1", "kind": "Deployment", "name": "checkout", "uid": "d1",
                "controller": true }] }, "spec": { "replicas": 1, "template": { "spec": spec } } }),
        json!({ "kind": "Pod", "metadata": { "namespace": "storefront", "name": "checkout-65c4567f84-dbmdh", "uid": "p1",
            "labels": labels, "ownerReferences": [{ "apiVersion": "apps/v1", "kind": "ReplicaSet",
                "name": "checkout-65c4567f84", "uid": "r1", "controller": true }] },
            "spec": spec, "status": { "phase": "Running", "podIP": "10.42.7.19", "containerStatuses": [{
                "name": "checkout-api", "image": "registry.acme-corp.example.com:5000/payments/checkout:1.4.2",
                "restartCount": 9, "state": { "waiting": { "reason": "CrashLoopBackOff",
                    "message": "back-off 5m0s restarting failed container=checkout-api pod=checkout-65c4567f84-dbmdh_storefront(p1)" } },
                "lastState": { "terminated": { "exitCode": 1, "reason": "Error" } } }] } }),
        json!({ "kind": "Service", "metadata": { "namespace": "storefront", "name": "checkout" },
            "spec": { "selector": { "app": "checkout" }, "clusterIP": "10.96.14.2", "ports": [{ "port": 80 }] } }),
        json!({ "kind": "Ingress", "metadata": { "namespace": "storefront", "name": "shop-front" },
            "spec": { "rules": [{ "host": "shop.acme-corp.example.com" }] } }),
        json!({ "kind": "Event", "type": "Warning", "reason": "BackOff", "count": 31,
            "metadata": { "namespace": "storefront", "name": "checkout.17a" },
            "involvedObject": { "kind": "Pod", "namespace": "storefront", "name": "checkout-65c4567f84-dbmdh" },
            "message": "Back-off restarting failed container checkout-api in pod checkout-65c4567f84-dbmdh_storefront(p1)" }),
    ])
}
