//! Lists and single objects, as the API has them but for the secrets in them.

use serde::Deserialize;
use serde_json::Value;

use crate::cluster::{Cluster, malformed};
use crate::error::{self, Error};
use crate::names;
use crate::redact;
use crate::resource::Resource;
use crate::selector;
use crate::send::{Ask, Deadline, JSON, METADATA_LIST};

/// What to list.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// The type.
    pub resource: Resource,
    /// One namespace, or all; without meaning for cluster-scoped types.
    pub namespace: Option<String>,
    /// `app=web,tier in (front, back)`.
    pub label_selector: Option<String>,
    /// `status.phase=Pending`.
    pub field_selector: Option<String>,
    /// Most objects in the page; all when not given.
    pub limit: Option<u32>,
    /// The token of the page before.
    pub continue_token: Option<String>,
}

impl ListQuery {
    /// All objects of a type.
    pub fn all(resource: Resource) -> ListQuery {
        ListQuery {
            resource,
            namespace: None,
            label_selector: None,
            field_selector: None,
            limit: None,
            continue_token: None,
        }
    }
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct ListPage {
    /// Kind of the items.
    pub kind: String,
    /// `v1`, `apps/v1`.
    pub api_version: String,
    /// The objects, redacted, each with its `apiVersion` and `kind`.
    pub items: Vec<Value>,
    /// For the next page, if there is one.
    pub continue_token: Option<String>,
    /// Objects after this page, where the server says so.
    pub remaining: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawList {
    #[serde(default)]
    metadata: RawMeta,
    #[serde(default)]
    items: Option<Vec<Value>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMeta {
    #[serde(default, rename = "continue")]
    continue_token: Option<String>,
    #[serde(default)]
    remaining_item_count: Option<u64>,
}

impl Cluster {
    /// One page of a list.
    ///
    /// # Errors
    /// [`Error::BadName`] before anything is sent; [`Error::NotServed`] when the API has no such
    /// type, [`Error::NotCaptured`] when a snapshot has not; [`Error::Gone`] for an old continue
    /// token; and those of any call.
    pub async fn list(&self, q: &ListQuery) -> Result<ListPage, Error> {
        self.list_within(q, self.deadline()).await
    }

    pub(crate) async fn list_within(&self, q: &ListQuery, deadline: Deadline) -> Result<ListPage, Error> {
        let ask = Ask { max_bytes: self.0.options.max_bytes, ..list_ask(q, deadline)? };
        let (body, _) = self.send(&ask).await?;
        let list: RawList = serde_json::from_slice(&body).map_err(|problem| malformed(&ask, &problem))?;
        let (kind, api_version) = (q.resource.kind.clone(), q.resource.api_version());
        let mut items = list.items.unwrap_or_default();
        // What is no object at all would be no use to anybody.
        items.retain(Value::is_object);
        items.iter_mut().for_each(|item| finish(item, &q.resource));
        let continue_token = list.metadata.continue_token.filter(|token| !token.is_empty());
        Ok(ListPage {
            kind,
            api_version,
            items,
            continue_token,
            remaining: list.metadata.remaining_item_count,
        })
    }

    /// One object, redacted.
    ///
    /// # Errors
    /// [`Error::BadName`] before anything is sent, also when a namespaced type is asked for without
    /// a namespace; [`Error::NotFound`] with near misses; and those of any call.
    pub async fn get(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        name: &str,
    ) -> Result<Value, Error> {
        check(resource)?;
        let name = names::object(name)?;
        let namespace = namespace.filter(|_| resource.namespaced);
        let Some(namespace) = namespace.map(names::namespace).transpose()?.map(Some).or(
            // Cluster-scoped objects have none.
            (!resource.namespaced).then_some(None),
        ) else {
            let reason = format!("a {} is found by namespace and name", resource.kind);
            return Err(Error::bad("namespace", "", reason));
        };
        let deadline = self.deadline();
        let ask = Ask {
            path: format!("{}/{name}", resource.path(namespace)),
            accept: JSON,
            verb: "get",
            kind: &resource.kind,
            resource: resource.qualified(),
            namespace,
            name: Some(name),
            max_bytes: self.0.options.max_bytes,
            cut: false,
            deadline,
        };
        match self.send(&ask).await {
            Ok((body, _)) => {
                let mut object: Value =
                    serde_json::from_slice(&body).map_err(|problem| malformed(&ask, &problem))?;
                finish(&mut object, resource);
                Ok(object)
            }
            Err(Error::NotFound { .. }) => Err(self.not_found(resource, namespace, name, deadline).await),
            Err(error) => Err(error),
        }
    }

    /// The error for an object that does not exist, with what is like it: a namespace that does not
    /// exist either, similar names beside it, the same name elsewhere. Best effort.
    pub(crate) async fn not_found(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        name: &str,
        deadline: Deadline,
    ) -> Error {
        let beside = self.names_of(resource, namespace, None, deadline).await;
        if let (Some(given), true) = (namespace, beside.is_empty())
            && let Some(missing) = self.missing_namespace(given, deadline).await
        {
            return missing;
        }
        let near = error::near(name, beside.iter().map(|(_, name)| name.as_str()));
        let elsewhere = match namespace {
            Some(_) => {
                let same = selector::field_equals("metadata.name", name);
                let found = self.names_of(resource, None, Some(&same), deadline).await;
                found.into_iter().map(|(namespace, _)| namespace).take(5).collect()
            }
            None => Vec::new(),
        };
        Error::NotFound {
            kind: resource.kind.clone(),
            namespace: namespace.map(str::to_owned),
            name: name.to_owned(),
            near,
            elsewhere,
        }
    }

    async fn missing_namespace(&self, given: &str, deadline: Deadline) -> Option<Error> {
        let namespaces = crate::resource::built_in().find(|r| r.plural == "namespaces")?;
        let names = self.names_of(&namespaces, None, None, deadline).await;
        if names.is_empty() || names.iter().any(|(_, name)| name == given) {
            return None;
        }
        let near = error::near(given, names.iter().map(|(_, name)| name.as_str()));
        let (kind, name) = (namespaces.kind, given.to_owned());
        Some(Error::NotFound { kind, namespace: None, name, near, elsewhere: Vec::new() })
    }

    /// Namespaces and names of up to 500 objects; none when they cannot be listed.
    async fn names_of(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        field_selector: Option<&str>,
        deadline: Deadline,
    ) -> Vec<(String, String)> {
        let q = ListQuery {
            namespace: namespace.map(str::to_owned),
            field_selector: field_selector.map(str::to_owned),
            limit: Some(500),
            ..ListQuery::all(resource.clone())
        };
        let Ok(ask) = list_ask(&q, deadline) else { return Vec::new() };
        let ask = Ask { accept: METADATA_LIST, max_bytes: 16 << 20, ..ask };
        let Ok((body, _)) = self.send(&ask).await else { return Vec::new() };
        let list: NameList = serde_json::from_slice(&body).unwrap_or_default();
        list.items.into_iter().map(|item| (item.metadata.namespace, item.metadata.name)).collect()
    }
}

#[derive(Default, Deserialize)]
struct NameList {
    #[serde(default)]
    items: Vec<NameItem>,
}

#[derive(Deserialize)]
struct NameItem {
    metadata: Name,
}

#[derive(Deserialize)]
struct Name {
    #[serde(default)]
    namespace: String,
    name: String,
}

/// A resource type can be made by hand: its parts are path segments.
fn check(resource: &Resource) -> Result<(), Error> {
    names::type_word(&resource.version)?;
    names::type_word(&resource.plural)?;
    if !resource.group.is_empty() {
        names::type_word(&resource.group)?;
    }
    Ok(())
}

/// The request for a page.
pub(crate) fn list_ask(q: &ListQuery, deadline: Deadline) -> Result<Ask<'_>, Error> {
    check(&q.resource)?;
    let namespace = q.namespace.as_deref().filter(|_| q.resource.namespaced).filter(|n| !n.is_empty());
    let namespace = namespace.map(names::namespace).transpose()?;
    let mut pairs = Vec::new();
    if let Some(labels) = q.label_selector.as_deref().filter(|text| !text.trim().is_empty()) {
        view::LabelSelector::parse(labels).map_err(|reason| Error::bad("label selector", labels, reason))?;
        pairs.push(format!("labelSelector={}", names::encode(labels)));
    }
    if let Some(fields) = q.field_selector.as_deref().filter(|text| !text.trim().is_empty()) {
        selector::fields(fields).map_err(|reason| Error::bad("field selector", fields, reason))?;
        pairs.push(format!("fieldSelector={}", names::encode(fields)));
    }
    if let Some(limit) = q.limit {
        pairs.push(format!("limit={limit}"));
    }
    if let Some(token) = &q.continue_token {
        pairs.push(format!("continue={}", names::encode(names::continue_token(token)?)));
    }
    let path = q.resource.path(namespace);
    let path = if pairs.is_empty() { path } else { format!("{path}?{}", pairs.join("&")) };
    Ok(Ask {
        path,
        accept: JSON,
        verb: "list",
        kind: &q.resource.kind,
        resource: q.resource.qualified(),
        namespace,
        name: None,
        max_bytes: 16 << 20,
        cut: false,
        deadline,
    })
}

/// Gives an object its type, which items of a list lack on the wire, and takes the secrets out.
fn finish(object: &mut Value, resource: &Resource) {
    if let Value::Object(map) = object {
        map.entry("apiVersion").or_insert_with(|| resource.api_version().into());
        map.entry("kind").or_insert_with(|| resource.kind.clone().into());
    }
    redact::object(object);
    if resource.group.is_empty() && resource.plural == "secrets" {
        // By the type that was asked for as well, whatever kind the answer claims.
        redact::as_secret(object);
    }
}
