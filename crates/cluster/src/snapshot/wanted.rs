//! Which logs tell most about what is wrong.

use std::collections::BTreeMap;

use serde_json::Value;

use super::LogKey;

/// Logs taken of the pods of one owner: its replicas say the same.
const PER_OWNER: usize = 3;

/// Collects the logs worth keeping while pods pass by.
#[derive(Default)]
pub(super) struct Wanted {
    keys: Vec<LogKey>,
    of_owner: BTreeMap<String, usize>,
}

impl Wanted {
    /// The logs collected, at most `most`.
    pub(super) fn into_keys(mut self, most: usize) -> Vec<LogKey> {
        self.keys.truncate(most);
        self.keys
    }

    /// Looks at a pod: containers that restarted, failed, or run without being ready.
    pub(super) fn look(&mut self, pod: &Value) {
        let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let (Some(namespace), Some(name)) = (text("/metadata/namespace"), text("/metadata/name")) else {
            return;
        };
        let mut found = Vec::new();
        for field in ["containerStatuses", "initContainerStatuses"] {
            let statuses = pod.pointer(&format!("/status/{field}")).and_then(Value::as_array);
            for status in statuses.into_iter().flatten() {
                let Some(container) = status.get("name").and_then(Value::as_str) else { continue };
                let key = |previous| LogKey {
                    namespace: namespace.clone(),
                    pod: name.clone(),
                    container: container.to_owned(),
                    previous,
                };
                let (current, previous) = worth(status, field == "containerStatuses");
                found.extend(current.then(|| key(false)));
                found.extend(previous.then(|| key(true)));
            }
        }
        if found.is_empty() {
            return;
        }
        let owner = text("/metadata/ownerReferences/0/uid").unwrap_or_else(|| format!("{namespace}/{name}"));
        let taken = self.of_owner.entry(owner).or_default();
        if *taken < PER_OWNER {
            *taken += 1;
            self.keys.extend(found);
        }
    }
}

/// Whether the current log of a container and the one before its last restart are worth keeping.
fn worth(status: &Value, ready_matters: bool) -> (bool, bool) {
    let restarted = status.get("restartCount").and_then(Value::as_u64).unwrap_or(0) > 0;
    let failed =
        |pointer: &str| status.pointer(pointer).and_then(Value::as_i64).is_some_and(|code| code != 0);
    let running = status.pointer("/state/running").is_some();
    let ready = status.get("ready").and_then(Value::as_bool).unwrap_or(false);
    let unready = ready_matters && running && !ready;
    (restarted || unready || failed("/state/terminated/exitCode"), restarted)
}
