//! Scenarios read as things to plant: the objects, and what must have happened before they are recorded.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::error::{Error, Result, read};

/// One file of the corpus.
pub(crate) struct Scenario {
    /// Its name, which is its namespace too.
    pub(crate) name: String,
    /// Its objects, in the order of the file.
    pub(crate) objects: Vec<Value>,
    /// Objects that come once `first` holds.
    pub(crate) changes: Vec<Value>,
    /// What is deleted then, as `kubectl delete` names it.
    pub(crate) deletes: Vec<String>,
    /// Waits before the changes.
    pub(crate) first: Vec<Wait>,
    /// Waits before the recording.
    pub(crate) state: Vec<Wait>,
}

/// What `kubectl get` must give.
pub(crate) struct Wait {
    /// The arguments of `kubectl get`.
    pub(crate) get: String,
    /// A JSONPath.
    pub(crate) path: String,
    /// Text that its result must hold.
    pub(crate) has: String,
}

/// The groups of the corpus, each recorded at one time, by name.
pub(crate) fn groups(root: &Path) -> Result<Vec<PathBuf>> {
    let mut groups: Vec<PathBuf> = entries(root)?.into_iter().filter(|path| path.is_dir()).collect();
    groups.retain(|path| !path.ends_with("recordings"));
    groups.sort();
    Ok(groups)
}

/// The scenarios of a group, by name.
pub(crate) fn scenarios(group: &Path) -> Result<Vec<Scenario>> {
    let mut files = entries(group)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files.iter().map(|file| scenario(file)).collect()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let what = format!("list {}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(Error::io(&what))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(Error::io(&what))).collect()
}

fn scenario(file: &Path) -> Result<Scenario> {
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let text = read(file)?.replace("{ns}", &name);
    let options = serde_saphyr::options! { budget: None, with_snippet: false };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(&text, options)
        .map_err(|error| Error::Other(format!("{}: {error}", file.display())))?;
    let mut documents = documents.into_iter().filter(|document| !document.is_null());
    let head = documents.next().unwrap_or(Value::Null);
    if !head["scenario"].is_string() {
        return Err(Error::Other(format!("{}: the first document says no `scenario:`", file.display())));
    }
    let (mut objects, mut changes) = (Vec::new(), Vec::new());
    let mut later = false;
    for document in documents {
        if document["then"].is_string() {
            later = true;
        } else {
            if later { &mut changes } else { &mut objects }.push(document);
        }
    }
    let deletes = texts(&head["delete"]);
    let (first, state) = (waits(&head["first"], &name), waits(&head["state"], &name));
    Ok(Scenario { name, objects, changes, deletes, first, state })
}

fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn waits(list: &Value, namespace: &str) -> Vec<Wait> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let wait = |wait: &Value| Wait {
        get: format!("{} -n {namespace}", text(&wait["get"])),
        path: text(&wait["path"]),
        has: text(&wait["has"]),
    };
    list.as_array().into_iter().flatten().map(wait).collect()
}

impl Scenario {
    /// The namespace of the scenario, unless it brings it along itself.
    pub(crate) fn namespace(&self) -> Option<Value> {
        let own = |object: &Value| {
            object["kind"] == "Namespace" && object["metadata"]["name"] == self.name.as_str()
        };
        let namespace = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name}});
        (!self.objects.iter().any(own)).then_some(namespace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_can_be_read() {
        let mut count = 0;
        for group in groups(&super::super::root()).unwrap() {
            for scenario in scenarios(&group).unwrap() {
                assert!(!scenario.objects.is_empty(), "{} plants nothing", scenario.name);
                count += 1;
            }
        }
        assert!(count >= 120, "the corpus has {count} scenarios");
    }
}
