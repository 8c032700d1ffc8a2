//! Planting the objects of a case on an API server, and clearing them away.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::api::{self, Api};
use super::{checks, fill};
use crate::error::Result;

/// What was planted, in the order of creation.
#[derive(Default)]
pub(crate) struct Planted {
    objects: Vec<String>,
    namespaces: Vec<String>,
}

/// Creates the objects; what was created before a refusal is in `planted` too.
pub(crate) fn plant(api: &Api, mut objects: Vec<Value>, planted: &mut Planted) -> Result<()> {
    objects.sort_by_key(|object| fill::rank(object["kind"].as_str().unwrap_or_default()));
    let mut uids: BTreeMap<String, String> = BTreeMap::new();
    // What is being deleted holds others, and is deleted once they are there.
    let mut deleted = Vec::new();
    for mut object in objects {
        api.define(&object)?;
        fill::fill(&mut object);
        let ends = object["metadata"]["deletionTimestamp"].is_string();
        let uid = object["metadata"]["uid"].as_str().unwrap_or_default().to_owned();
        address(api, &mut object, &uids)?;
        namespace(api, &object, planted)?;
        let own = api.paths(&object)?.1;
        let is_namespace = object["kind"] == "Namespace";
        let group = if is_namespace { &mut planted.namespaces } else { &mut planted.objects };
        group.push(own.clone());
        // The server wants a namespace to be deleted before its status says so.
        let late = if is_namespace && ends { object["status"].take() } else { Value::Null };
        if is_definition(&own) {
            // That of an earlier case may be there.
            api.undefine(&own)?;
            // Under a definition that ends nothing can be created; the server says itself that it does.
            if ends {
                object["status"].take();
            }
        }
        let created = api.create(&object)?;
        if !uid.is_empty() {
            uids.insert(uid, created["metadata"]["uid"].as_str().unwrap_or_default().to_owned());
        }
        if ends {
            deleted.push((own, late));
        }
    }
    deleted.iter().try_for_each(|(own, late)| delete(api, own, late))
}

/// Has an object deleted, which its finalizers outlast, and gives it this status then.
fn delete(api: &Api, own: &str, status: &Value) -> Result<()> {
    api.delete(own, false)?;
    if !status.is_object() {
        return Ok(());
    }
    let mut current = api.send("GET", own, "")?.json()?;
    current["status"] = status.clone();
    let answer = api.send("PUT", &format!("{own}/status"), &current.to_string())?;
    api::done("PUT the status of a namespace", &answer).map(drop)
}

/// Gives an object its group version and replaces the fixture's uids by the server's.
fn address(api: &Api, object: &mut Value, uids: &BTreeMap<String, String>) -> Result<()> {
    let place = api.place(object)?;
    object["apiVersion"] = json!(place.version);
    if place.namespaced && object["metadata"]["namespace"].as_str().unwrap_or_default().is_empty() {
        object["metadata"]["namespace"] = json!("default");
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for key in ["uid", "creationTimestamp", "deletionTimestamp", "resourceVersion", "generation"] {
            metadata.remove(key);
        }
    }
    let known = |uid: &Value| uid.as_str().and_then(|uid| uids.get(uid)).map(|uid| json!(uid));
    for owner in object["metadata"]["ownerReferences"].as_array_mut().into_iter().flatten() {
        if owner["apiVersion"].is_null() {
            owner["apiVersion"] = json!(api.place(owner)?.version);
        }
        owner["uid"] = known(&owner["uid"]).unwrap_or_else(|| owner["uid"].clone());
    }
    if object["kind"] == "Event" {
        let involved = &mut object["involvedObject"];
        let uid = known(&involved["uid"]);
        if let Some(uid) = uid {
            involved["uid"] = uid;
        }
    }
    Ok(())
}

/// Creates the namespace of an object unless it was planted or the server has it.
fn namespace(api: &Api, object: &Value, planted: &mut Planted) -> Result<()> {
    let Some(name) = object["metadata"]["namespace"].as_str() else { return Ok(()) };
    let path = format!("/api/v1/namespaces/{name}");
    if planted.namespaces.contains(&path) || ["default", "kube-system"].contains(&name) {
        return Ok(());
    }
    let body = json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}});
    let answer = api.send("POST", "/api/v1/namespaces", &body.to_string())?;
    if answer.status != 409 {
        planted.namespaces.push(path.clone());
        api::done(&format!("POST {path}"), &answer)?;
    }
    Ok(())
}

/// Removes everything that was planted, at once and without controllers.
pub(crate) fn clear(api: &Api, planted: &Planted) -> Result<()> {
    for path in planted.objects.iter().rev() {
        if is_definition(path) {
            api.undefine(path)?;
        }
        if api.send("GET", path, "")?.status == 404 {
            continue;
        }
        api.send("PATCH", path, r#"{"metadata":{"finalizers":null}}"#)?;
        api.delete(path, true)?;
        let left = api.send("GET", path, "")?.status;
        checks::expect(left == 404, || format!("{path} was deleted and is still there ({left})"))?;
    }
    for path in planted.namespaces.iter().rev() {
        api.delete(path, true)?;
        let answer = api.send("GET", path, "")?;
        if answer.status == 404 {
            continue;
        }
        let mut current = answer.json()?;
        current["spec"]["finalizers"] = json!([]);
        current["metadata"]["finalizers"] = Value::Null;
        let answer = api.send("PUT", &format!("{path}/finalize"), &current.to_string())?;
        api::done(&format!("PUT {path}/finalize"), &answer)?;
    }
    Ok(())
}

fn is_definition(path: &str) -> bool {
    path.contains("/customresourcedefinitions/")
}
