//! Lists and single objects of a snapshot: selectors and paging as the API server does them.

use http::StatusCode;
use serde_json::Value;

use super::answer::Answer;
use super::{Snapshot, Table};
use crate::names;
use crate::resource::Resource;
use crate::selector::{self, FieldTerm};

/// The query of a request, decoded.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse(raw: Option<&str>) -> Query {
        let pairs = raw.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        Query(
            pairs
                .map(|pair| {
                    let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (names::decode(key), names::decode(value))
                })
                .collect(),
        )
    }

    /// The first value of a key, none when it is empty.
    pub(super) fn get(&self, key: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// A number, or the server's complaint about it.
    pub(super) fn number(&self, key: &str) -> Result<Option<u64>, Answer> {
        let parse = |text: &str| {
            text.parse()
                .map_err(|_| Answer::bad_request(format!("{key}: {text:?} is not a number of 0 or more")))
        };
        self.get(key).map(parse).transpose()
    }

    /// A switch.
    pub(super) fn flag(&self, key: &str) -> bool {
        matches!(self.get(key), Some("true" | "1"))
    }
}

/// One page of a list.
pub(super) fn list(
    snapshot: &Snapshot,
    resource: &Resource,
    namespace: Option<&str>,
    query: &Query,
) -> Answer {
    let Some(table) = snapshot.table(&resource.group, &resource.plural) else {
        return Answer::not_captured(format!("{} were not recorded", resource.qualified()));
    };
    page(table, resource, namespace, query).unwrap_or_else(|refusal| refusal)
}

fn page(
    table: &Table,
    resource: &Resource,
    namespace: Option<&str>,
    query: &Query,
) -> Result<Answer, Answer> {
    let unreadable =
        |what: &str, reason: String| Answer::bad_request(format!("unable to parse the {what}: {reason}"));
    let labels = view::LabelSelector::parse(query.get("labelSelector").unwrap_or_default())
        .map_err(|reason| unreadable("label selector", reason))?;
    let fields = selector::fields(query.get("fieldSelector").unwrap_or_default())
        .map_err(|reason| unreadable("field selector", reason))?;
    if let Some((path, ..)) = fields.iter().find(|(path, ..)| !is_supported(resource, path)) {
        return Err(Answer::bad_request(format!("field label not supported: {path}")));
    }
    let limit = match query.number("limit")? {
        Some(0) | None => usize::MAX,
        Some(limit) => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let start: usize = match query.get("continue") {
        None => 0,
        Some(token) => token.strip_prefix('o').and_then(|offset| offset.parse().ok()).ok_or_else(|| {
            Answer::status(StatusCode::GONE, "Expired", "The provided continue parameter is not valid here.")
        })?,
    };
    let unfiltered = labels.is_empty() && fields.is_empty();
    let mut items = Vec::new();
    let mut next = None;
    // The token is a place in the table, so that a page does not search what the pages before it did.
    for (at, object) in in_namespace(table, namespace).enumerate().skip(start) {
        if unfiltered || is_selected(object, &labels, &fields) {
            if items.len() == limit {
                next = Some(at);
                break;
            }
            items.push(object);
        }
    }
    // Servers leave the count out when a selector is set.
    let remaining = next.filter(|_| unfiltered).map(|at| in_namespace(table, namespace).count() - at);
    Ok(body(resource, &items, next, remaining))
}

fn body(resource: &Resource, items: &[&str], next: Option<usize>, remaining: Option<usize>) -> Answer {
    let mut metadata = serde_json::Map::new();
    metadata.insert("resourceVersion".to_owned(), "1".into());
    if let Some(next) = next {
        metadata.insert("continue".to_owned(), format!("o{next}").into());
    }
    if let Some(remaining) = remaining {
        metadata.insert("remainingItemCount".to_owned(), remaining.into());
    }
    let head = serde_json::json!({
        "kind": format!("{}List", resource.kind), "apiVersion": resource.api_version(), "metadata": metadata,
    });
    let mut out = head.to_string();
    out.pop();
    out.push_str(",\"items\":[");
    out.push_str(&items.join(","));
    out.push_str("]}");
    Answer::bytes(out.into_bytes())
}

/// One object.
pub(super) fn get(snapshot: &Snapshot, resource: &Resource, namespace: Option<&str>, name: &str) -> Answer {
    let Some(table) = snapshot.table(&resource.group, &resource.plural) else {
        return Answer::not_captured(format!("{} were not recorded", resource.qualified()));
    };
    if resource.namespaced && namespace.is_none() {
        return Answer::not_served();
    }
    match find(table, namespace.unwrap_or_default(), name) {
        Some(object) => Answer::bytes(object.as_bytes().to_vec()),
        None => Answer::no_object(&resource.qualified(), name),
    }
}

/// The object of a namespace, empty for cluster-scoped types, and name.
pub(super) fn find<'a>(table: &'a Table, namespace: &str, name: &str) -> Option<&'a str> {
    table.get(&(namespace.to_owned(), name.to_owned())).map(|object| &**object)
}

fn in_namespace<'a>(table: &'a Table, namespace: Option<&'a str>) -> impl Iterator<Item = &'a str> {
    let first = (namespace.unwrap_or_default().to_owned(), String::new());
    let inside = move |place: &(String, String)| namespace.is_none_or(|namespace| place.0 == namespace);
    table.range(first..).take_while(move |(place, _)| inside(place)).map(|(_, object)| &**object)
}

fn is_selected(object: &str, labels: &view::LabelSelector, fields: &[FieldTerm]) -> bool {
    let Ok(object) = serde_json::from_str::<Value>(object) else { return false };
    let carried = object.pointer("/metadata/labels").and_then(Value::as_object);
    labels.selects(|key| carried?.get(key)?.as_str())
        && fields.iter().all(|(path, equal, value)| (field(&object, path) == *value) == *equal)
}

/// The value of a selectable field as the server compares it.
fn field(object: &Value, path: &str) -> String {
    let pointer = match path {
        "source" => "/source/component".to_owned(),
        "reportingComponent" | "reportingController" => "/reportingComponent".to_owned(),
        path => format!("/{}", path.replace('.', "/")),
    };
    match object.pointer(&pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None if path == "spec.unschedulable" || path == "spec.hostNetwork" => {
            "false".to_owned()
        }
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    }
}

/// Fields the API server offers selectors for.
fn is_supported(resource: &Resource, path: &str) -> bool {
    let own: &[&str] = match resource.plural.as_str() {
        "pods" => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        "events" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        "secrets" => &["type"],
        "namespaces" => &["status.phase"],
        "nodes" => &["spec.unschedulable"],
        "jobs" => &["status.successful"],
        "replicasets" | "replicationcontrollers" => &["status.replicas"],
        "certificatesigningrequests" => &["spec.signerName"],
        _ => &[],
    };
    path == "metadata.name" || (path == "metadata.namespace" && resource.namespaced) || own.contains(&path)
}
