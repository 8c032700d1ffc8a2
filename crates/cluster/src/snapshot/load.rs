//! Reads recordings made by other tools: `kubectl get -o yaml|json`, directories of such files,
//! `kubectl cluster-info dump --output-directory`, and OpenShift's must-gather.
//!
//! The trees differ in where things lie, not in what the files hold, so one walk reads them all:
//! a file that parses gives objects, a path of a known shape gives a log.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{LogKey, Snapshot, archive};
use crate::error::Error;
use crate::resource;
use crate::text;
use crate::version::Version;

/// Reads a file or directory.
pub(super) fn open(path: &Path) -> Result<Snapshot, Error> {
    let problem = |error: std::io::Error| Error::snapshot(path, error.to_string());
    let mut snapshot = if std::fs::metadata(path).map_err(problem)?.is_dir() {
        tree(path)?
    } else {
        let bytes = std::fs::read(path).map_err(problem)?;
        if bytes.starts_with(&[0x1F, 0x8B]) {
            return archive::read(&bytes, path, archive::Origin::File);
        }
        let mut snapshot = Snapshot::default();
        file(&mut snapshot, path, bytes)?;
        snapshot
    };
    if snapshot.resources.is_empty() {
        return Err(Error::snapshot(path, "it holds no Kubernetes objects"));
    }
    snapshot.version = snapshot.version.take().or_else(|| kubelet_version(&snapshot));
    Ok(snapshot)
}

/// Adds the objects of a JSON or YAML file.
fn file(snapshot: &mut Snapshot, path: &Path, bytes: Vec<u8>) -> Result<(), Error> {
    let text = text::decode(bytes).ok_or_else(|| Error::snapshot(path, "it is not text"))?;
    for document in
        documents(&text).map_err(|(line, reason)| Error::Snapshot { path: path.to_owned(), line, reason })?
    {
        add(snapshot, document);
    }
    Ok(())
}

/// The documents of a text: JSON if it starts like it, else YAML.
fn documents(text: &str) -> Result<Vec<Value>, (Option<u64>, String)> {
    if text.trim_start().starts_with('{') {
        let parsed: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
        return parsed.map_err(|error| (u64::try_from(error.line()).ok(), json_reason(&error)));
    }
    text::yaml(text)
}

/// What is wrong with a JSON text, without quoting any of it.
fn json_reason(error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early".to_owned(),
        _ => format!("the JSON is not valid at column {}", error.column()),
    }
}

/// Adds a document: an object, or the items of a list.
pub(super) fn add(snapshot: &mut Snapshot, document: Value) {
    let Value::Object(mut map) = document else {
        snapshot.skipped += usize::from(!document.is_null());
        return;
    };
    let text = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    if ["APIResourceList", "APIGroupList", "APIVersions"].contains(&text("kind").as_str()) {
        // Discovery, saved beside the objects: it names types, it holds none.
        snapshot.serve(&Value::Object(map));
        return;
    }
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let item_kind = kind.strip_suffix("List").filter(|_| map.contains_key("items")).map(str::to_owned);
    let Some(item_kind) = item_kind else {
        snapshot.add(Value::Object(map));
        return;
    };
    let items = match map.remove("items") {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    };
    if !item_kind.is_empty() && items.is_empty() {
        snapshot.declare(resource::of_kind(&api_version, &item_kind, true));
    }
    for mut item in items {
        if let (Some(fields), false) = (item.as_object_mut(), item_kind.is_empty()) {
            // Items of a typed list carry no type of their own on the wire.
            fields.entry("apiVersion").or_insert_with(|| api_version.clone().into());
            fields.entry("kind").or_insert_with(|| item_kind.clone().into());
        }
        snapshot.add(item);
    }
}

/// Reads a directory.
fn tree(root: &Path) -> Result<Snapshot, Error> {
    let mut snapshot = Snapshot::default();
    let mut first_problem = None;
    let roots = must_gather_roots(root);
    for root in &roots {
        let mut files = Vec::new();
        walk(root, &mut files, 0).map_err(|error| Error::snapshot(root, error.to_string()))?;
        files.sort();
        let is_dump = root.join("nodes.json").is_file();
        for path in files {
            if let Err(problem) = place(&mut snapshot, root, &path, is_dump) {
                snapshot.skipped += 1;
                first_problem.get_or_insert(problem);
            }
        }
    }
    snapshot.visiting = None;
    if !roots.iter().any(|root| is_partial(&snapshot, root)) {
        snapshot.visited = None;
    }
    match first_problem {
        Some(problem) if snapshot.resources.is_empty() => Err(problem),
        _ => Ok(snapshot),
    }
}

/// Reads a file of a directory by what its place there says it is.
fn place(snapshot: &mut Snapshot, root: &Path, path: &Path, is_dump: bool) -> Result<(), Error> {
    let inside: Vec<&str> =
        path.strip_prefix(root).unwrap_or(path).iter().filter_map(|s| s.to_str()).collect();
    let extension = path.extension().and_then(|extension| extension.to_str());
    let bytes = || std::fs::read(path).map_err(|problem| Error::snapshot(path, problem.to_string()));
    snapshot.visiting = match inside.as_slice() {
        ["namespaces", namespace, _, ..] => Some((*namespace).to_owned()),
        [namespace, _] if is_dump => Some((*namespace).to_owned()),
        _ => None,
    };
    match (inside.as_slice(), extension) {
        (["meta.json"], _) => unpacked_meta(snapshot, &bytes()?),
        (["version.json"], _) => snapshot.version = serde_json::from_slice(&bytes()?).ok(),
        (["timestamp"], None) => {
            let gathered = gathered_at(&String::from_utf8_lossy(&bytes()?));
            snapshot.captured_at = snapshot.captured_at.max(gathered);
        }
        ([namespace, pod, "logs.txt"], _) => dumped_logs(snapshot, namespace, pod, &bytes()?),
        (["logs", ..], Some("log")) => {
            if let Some(key) = archive::log_key(&inside.join("/")) {
                snapshot.add_log(key, clean(&bytes()?));
            }
        }
        (_, Some("log")) => gathered_log(snapshot, &inside, path)?,
        (_, Some("yaml" | "yml" | "json")) => file(snapshot, path, bytes()?)?,
        _ => {}
    }
    Ok(())
}

/// Dumps and must-gathers go into some namespaces, rarely into all: only a must-gather that lists
/// the namespaces of the cluster, and has been to each, is whole.
fn is_partial(snapshot: &Snapshot, root: &Path) -> bool {
    let cluster_scoped = root.join("cluster-scoped-resources");
    if !cluster_scoped.is_dir() && !root.join("nodes.json").is_file() {
        return false;
    }
    let core = cluster_scoped.join("core");
    if !core.join("namespaces").is_dir() && !core.join("namespaces.yaml").is_file() {
        return true;
    }
    let gone_into = |name: &str| root.join("namespaces").join(name).is_dir();
    snapshot.table("", "namespaces").is_none_or(|table| table.keys().any(|(_, name)| !gone_into(name)))
}

/// A must-gather is the directory with `namespaces` or `cluster-scoped-resources`, which lies in
/// directories named after the images that collected it.
fn must_gather_roots(root: &Path) -> Vec<PathBuf> {
    let is_gathered =
        |dir: &Path| dir.join("cluster-scoped-resources").is_dir() || dir.join("namespaces").is_dir();
    let mut inner: Vec<PathBuf> = Vec::new();
    if !is_gathered(root) {
        let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
        inner.extend(entries.map(|entry| entry.path()).filter(|path| is_gathered(path)));
        inner.sort();
    }
    if inner.is_empty() { vec![root.to_owned()] } else { inner }
}

/// All regular files below a directory; links are not followed.
fn walk(dir: &Path, files: &mut Vec<PathBuf>, depth: u8) -> std::io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_file() {
            files.push(entry.path());
        } else if kind.is_dir() && depth < 16 {
            walk(&entry.path(), files, depth + 1)?;
        }
    }
    Ok(())
}

/// `namespaces/<ns>/pods/<pod>/<container>/<container>/logs/{current,previous}.log`.
fn gathered_log(snapshot: &mut Snapshot, inside: &[&str], path: &Path) -> Result<(), Error> {
    let ["namespaces", namespace, "pods", pod, container, _, "logs", file] = inside else { return Ok(()) };
    let previous = match *file {
        "current.log" => false,
        "previous.log" => true,
        _ => return Ok(()),
    };
    let bytes = std::fs::read(path).map_err(|problem| Error::snapshot(path, problem.to_string()))?;
    add_log(snapshot, (namespace, pod, container), previous, &String::from_utf8_lossy(&bytes));
    Ok(())
}

/// A dump has one file a pod, the containers between marks.
fn dumped_logs(snapshot: &mut Snapshot, namespace: &str, pod: &str, bytes: &[u8]) {
    const START: &str = "==== START logs for container ";
    const END: &str = "==== END logs for container ";
    let text = String::from_utf8_lossy(bytes);
    let mut open: Option<(&str, String)> = None;
    for line in text.split_inclusive('\n') {
        if let Some(rest) = line.strip_prefix(START) {
            open = rest.split(' ').next().map(|container| (container, String::new()));
        } else if line.starts_with(END) {
            if let Some((container, log)) = open.take() {
                add_log(snapshot, (namespace, pod, container), false, &log);
            }
        } else if let Some((_, log)) = &mut open {
            log.push_str(line);
        }
    }
    if let Some((container, log)) = open {
        add_log(snapshot, (namespace, pod, container), false, &log);
    }
}

fn add_log(snapshot: &mut Snapshot, place: (&str, &str, &str), previous: bool, text: &str) {
    let (namespace, pod, container) = place;
    let key = LogKey {
        namespace: namespace.to_owned(),
        pod: pod.to_owned(),
        container: container.to_owned(),
        previous,
    };
    snapshot.add_log(key, clean(text.as_bytes()));
}

/// The text of a log without credentials.
fn clean(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    view::without_credentials(&text).unwrap_or_else(|| text.into_owned())
}

/// `meta.json` of an unpacked archive.
fn unpacked_meta(snapshot: &mut Snapshot, bytes: &[u8]) {
    match serde_json::from_slice::<archive::Meta>(bytes) {
        Ok(meta) => {
            snapshot.captured_at = meta.captured_at;
            snapshot.version = snapshot.version.take().or(meta.server);
            snapshot.gaps = meta.gaps;
        }
        Err(_) => snapshot.skipped += 1,
    }
}

/// The last moment of a must-gather's `timestamp` file: `2026-01-02 03:04:05.6 +0000 UTC m=+0.1`.
fn gathered_at(text: &str) -> Option<jiff::Timestamp> {
    let moment = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [date, time, offset, ..] = words.as_slice() else { return None };
        let (hours, minutes) = offset.split_at_checked(3)?;
        format!("{date}T{time}{hours}:{minutes}").parse().ok()
    };
    text.lines().filter_map(moment).max()
}

/// Formats without a server version have the kubelets'.
fn kubelet_version(snapshot: &Snapshot) -> Option<Version> {
    let nodes = snapshot.table("", "nodes")?;
    let info = |node: &Value, field: &str| {
        let value = node.pointer(&format!("/status/nodeInfo/{field}"));
        value.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut parsed = nodes.values().filter_map(|node| serde_json::from_str::<Value>(node).ok());
    let node = parsed.find(|node| !info(node, "kubeletVersion").is_empty())?;
    let git_version = info(&node, "kubeletVersion");
    let mut parts = git_version.trim_start_matches('v').split('.').map(str::to_owned);
    let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let platform = format!("{}/{}", info(&node, "operatingSystem"), info(&node, "architecture"));
    Some(Version { git_version, platform, major, minor })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn must_gather_timestamps() {
        let text = "2026-01-02 03:04:05.123 +0000 UTC m=+0.1\n2026-01-02 03:14:05.5 +0000 UTC m=+600\n";
        assert_eq!(gathered_at(text).unwrap().to_string(), "2026-01-02T03:14:05.5Z");
        assert_eq!(gathered_at("nonsense"), None);
    }
}
