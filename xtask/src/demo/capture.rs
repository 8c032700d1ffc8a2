//! Captures a cluster as files: discovery, every list, the logs of every container.
//!
//! Layout: `meta.json`, `version.json`, `discovery/<path with underscores>.json`,
//! `lists/<group or core>_<version>_<resource>.json`, `logs/<namespace>/<pod>/<container>[.previous].log`.

use std::path::Path;

use serde_json::{Value, json};

use super::sanitise::{Sanitiser, items};
use crate::error::{Result, write};
use crate::kubectl::Kubectl;

/// The same events and components again under another name, and what is only ever a view of other objects.
const SKIPPED: [&str; 2] = ["events.k8s.io/v1/events", "v1/componentstatuses"];

/// What the kubelet answers, with status 200, for a container that it has removed.
const NO_LOG: &[u8] = b"unable to retrieve container logs";

/// The most lines of a container's log that are kept.
const LOG_LINES: &str = "--tail=300";

/// Captures everything that can be listed into a folder, sanitised.
pub(crate) fn capture(kubectl: &Kubectl, mut sanitiser: Sanitiser, out: &Path) -> Result<()> {
    sanitiser.add_node_addresses(&kubectl.raw("/api/v1/nodes")?);
    let version = kubectl.raw("/version")?;
    write(&out.join("version.json"), sanitiser.text(&version.to_string(), "/version")?)?;
    let now = kubectl.run(&["get", "--raw", "/api/v1/namespaces?limit=1"]).map(|_| timestamp())?;
    write(&out.join("meta.json"), json!({"format": "raw", "capturedAt": now}).to_string())?;
    let mut lists = 0;
    for path in group_versions(kubectl, &sanitiser, out)? {
        let resources = kubectl.raw(&path)?;
        save_discovery(&sanitiser, out, &path, &resources)?;
        for name in listable(&resources, path.trim_start_matches("/api/").trim_start_matches("/apis/")) {
            let list_path = format!("{path}/{name}");
            let text = sanitiser.json(kubectl.raw(&list_path)?, &list_path)?;
            write(&out.join("lists").join(file_name(&list_path)), text)?;
            lists += 1;
        }
    }
    let logs = logs(kubectl, &sanitiser, out)?;
    eprintln!("{}: {lists} lists, {logs} logs", out.display());
    Ok(())
}

/// The paths of the preferred version of every group; saves `/api` and `/apis` on the way.
fn group_versions(kubectl: &Kubectl, sanitiser: &Sanitiser, out: &Path) -> Result<Vec<String>> {
    let (core, groups) = (kubectl.raw("/api")?, kubectl.raw("/apis")?);
    save_discovery(sanitiser, out, "/api", &core)?;
    save_discovery(sanitiser, out, "/apis", &groups)?;
    let named = groups["groups"].as_array().into_iter().flatten();
    let named = named.filter_map(|g| g["preferredVersion"]["groupVersion"].as_str());
    Ok(std::iter::once("/api/v1".to_owned()).chain(named.map(|gv| format!("/apis/{gv}"))).collect())
}

fn save_discovery(sanitiser: &Sanitiser, out: &Path, path: &str, value: &Value) -> Result<()> {
    let text = sanitiser.text(&value.to_string(), path)?;
    write(&out.join("discovery").join(format!("{}.json", path.trim_matches('/').replace('/', "_"))), text)
}

/// The plural names of what can be listed in this group and version.
fn listable<'a>(resources: &'a Value, group_version: &str) -> Vec<&'a str> {
    let all = resources["resources"].as_array().into_iter().flatten();
    let all = all.filter(|r| r["verbs"].as_array().is_some_and(|v| v.contains(&json!("list"))));
    let names = all.filter_map(|r| r["name"].as_str()).filter(|name| !name.contains('/'));
    names.filter(|name| !SKIPPED.contains(&format!("{group_version}/{name}").as_str())).collect()
}

/// `/api/v1/pods` → `core_v1_pods.json`, `/apis/apps/v1/deployments` → `apps_v1_deployments.json`.
fn file_name(path: &str) -> String {
    let path = path.strip_prefix("/apis/").map_or_else(|| path.replacen("/api/", "core/", 1), str::to_owned);
    format!("{}.json", path.replace('/', "_"))
}

/// Saves the current and the previous log of every container; one that has none is left out.
fn logs(kubectl: &Kubectl, sanitiser: &Sanitiser, out: &Path) -> Result<usize> {
    let mut saved = 0;
    for pod in items(&kubectl.raw("/api/v1/pods")?) {
        let (name, namespace) = (text(pod, "/metadata/name"), text(pod, "/metadata/namespace"));
        for container in containers(pod) {
            let file = out.join("logs").join(namespace).join(name).join(container);
            for (extra, suffix) in [("--previous=false", "log"), ("--previous", "previous.log")] {
                let args = ["logs", "-n", namespace, name, "-c", container, LOG_LINES, extra];
                if let Ok(bytes) = kubectl.run(&args)
                    && !bytes.is_empty()
                    && !bytes.starts_with(NO_LOG)
                {
                    let log = sanitiser.text(&String::from_utf8_lossy(&bytes), "log")?;
                    write(&file.with_extension(suffix), log)?;
                    saved += 1;
                }
            }
        }
    }
    Ok(saved)
}

fn containers(pod: &Value) -> Vec<&str> {
    let all = ["/spec/initContainers", "/spec/containers"].into_iter();
    let all = all.filter_map(|path| pod.pointer(path).and_then(Value::as_array)).flatten();
    all.map(|c| text(c, "/name")).collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// This moment in RFC 3339, UTC, to the second.
fn timestamp() -> String {
    let seconds = std::time::UNIX_EPOCH.elapsed().map_or(0, |d| d.as_secs());
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(days);
    format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", rest / 3600, rest / 60 % 60, rest % 60)
}

/// Days since 1970-01-01 as year, month, day (Gregorian).
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year + u64::from(month <= 2), month, of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_hold_group_version_resource() {
        assert_eq!(file_name("/api/v1/pods"), "core_v1_pods.json");
        assert_eq!(file_name("/apis/networking.k8s.io/v1/ingresses"), "networking.k8s.io_v1_ingresses.json");
    }

    #[test]
    fn dates_are_right_around_leap_days() {
        assert_eq!(civil(0), (1970, 1, 1));
        assert_eq!(civil(19_782), (2024, 2, 29));
        assert_eq!(civil(20_454), (2026, 1, 1));
    }

    #[test]
    fn only_what_can_be_listed_is_listed() {
        let r = json!({"resources": [{"name": "pods", "verbs": ["list"]}, {"name": "pods/log", "verbs": ["list"]},
            {"name": "bindings", "verbs": ["create"]}, {"name": "componentstatuses", "verbs": ["list"]}]});
        assert_eq!(listable(&r, "v1"), ["pods"]);
    }
}
