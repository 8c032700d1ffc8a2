//! A cluster of about sixty pods with faults: ten Deployments that are well, ten pods that are not.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::cluster::ClusterGuard;
use crate::e2e::api::Api;
use crate::e2e::plant::{self, Planted};
use crate::error::{Error, Result};
use crate::kubectl::Kubectl;

/// How many Deployments with a Service each.
const DEPLOYMENTS: usize = 10;

/// How many pods each of them has.
const REPLICAS: usize = 5;

/// How many pods are broken.
const BROKEN: usize = 10;

/// The longest the controllers may take.
const LIMIT: Duration = Duration::from_secs(90);

/// Creates it and waits until what is well is ready.
pub(crate) fn create(cluster: &mut ClusterGuard) -> Result<()> {
    let api = Api::open(cluster)?;
    let well = (0..DEPLOYMENTS).flat_map(deployment);
    plant::plant(&api, well.chain((0..BROKEN).map(broken)).collect(), &mut Planted::default())?;
    let kubectl = Kubectl::with_program(cluster.kubectl(), cluster.kubeconfig());
    let begun = Instant::now();
    loop {
        let ready = kubectl.jsonpath("deployments -n bench", "{.items[*].status.availableReplicas}");
        let ready: usize = ready.split_whitespace().filter_map(|count| count.parse::<usize>().ok()).sum();
        if ready == DEPLOYMENTS * REPLICAS {
            return Ok(());
        }
        cluster.check()?;
        if begun.elapsed() > LIMIT {
            let missing = format!("{ready} of {} pods are ready", DEPLOYMENTS * REPLICAS);
            return Err(Error::Deadline { what: "the scenario".into(), seconds: LIMIT.as_secs(), missing });
        }
        std::thread::sleep(Duration::from_millis(300));
    }
}

fn deployment(number: usize) -> [Value; 2] {
    let name = format!("app-{number}");
    let metadata = json!({"name": name, "namespace": "bench"});
    [
        json!({"kind": "Deployment", "metadata": metadata, "spec": {"replicas": REPLICAS}}),
        json!({"kind": "Service", "metadata": metadata, "spec": {"selector": {"app": name}}}),
    ]
}

/// A pod whose status this writes: crashing, without its image, or without its ConfigMap.
fn broken(number: usize) -> Value {
    let (waiting, last) = match number % 3 {
        0 => (
            json!({"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}),
            json!({"terminated": {"exitCode": 1, "reason": "Error"}}),
        ),
        1 => (
            json!({"reason": "ImagePullBackOff", "message": "Back-off pulling image \"example.com/app:1\""}),
            json!({}),
        ),
        _ => (
            json!({"reason": "CreateContainerConfigError", "message": "configmap \"settings\" not found"}),
            json!({}),
        ),
    };
    let env = if number % 3 == 2 { json!([{"configMapRef": {"name": "settings"}}]) } else { json!([]) };
    let status = json!({"name": "app", "restartCount": 3, "state": {"waiting": waiting}, "lastState": last});
    let labels = json!({"k8sgpt.test/manual": "true"});
    json!({"kind": "Pod",
        "metadata": {"name": format!("broken-{number}"), "namespace": "bench", "labels": labels},
        "spec": {"nodeName": "kwok-0", "containers": [{"name": "app", "envFrom": env}]},
        "status": {"phase": "Pending", "containerStatuses": [status]}})
}
