//! The cluster that the checks of the whole program look at.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::api::Api;
use super::plant::{self, Planted};
use crate::cluster::ClusterGuard;
use crate::error::{Error, Result};
use crate::kubectl::Kubectl;

/// Its objects.
const OBJECTS: &str = include_str!("data/scenario.yaml");

/// The longest the controllers may take.
const LIMIT: Duration = Duration::from_secs(60);

/// What the controllers make of it: an object, a field, the value that it gets.
const SETTLED: [(&str, &str, &str); 6] = [
    ("deployment web -n production", "{.status.availableReplicas}", "2"),
    ("statefulset db -n production", "{.status.readyReplicas}", "1"),
    ("daemonset agent -n production", "{.status.numberReady}", "3"),
    ("job import -n production", "{.status.succeeded}", "1"),
    ("pvc data -n production", "{.status.phase}", "Bound"),
    ("pod nginx-abc123 -n default", "{.status.phase}", "Running"),
];

/// Creates the objects and waits for the controllers.
pub(crate) fn create(api: &Api, cluster: &mut ClusterGuard) -> Result<()> {
    plant::plant(api, objects()?, &mut Planted::default())?;
    let kubectl = Kubectl::with_program(cluster.kubectl(), cluster.kubeconfig());
    let begun = Instant::now();
    loop {
        let wrong = |(get, path, wanted): &&(&str, &str, &str)| kubectl.jsonpath(get, path) != *wanted;
        let missing: Vec<&str> = SETTLED.iter().filter(wrong).map(|(get, ..)| *get).collect();
        if missing.is_empty() {
            return Ok(());
        }
        cluster.check()?;
        if begun.elapsed() > LIMIT {
            let missing = missing.join("\n");
            return Err(Error::Deadline { what: "the scenario".into(), seconds: LIMIT.as_secs(), missing });
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn objects() -> Result<Vec<Value>> {
    let options = serde_saphyr::options! { budget: None, with_snippet: false };
    let read = serde_saphyr::from_multiple_with_options(OBJECTS, options);
    read.map_err(|error| Error::Other(format!("the scenario: {error}")))
}
