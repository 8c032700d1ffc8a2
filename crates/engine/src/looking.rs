//! What a model may read for itself: objects, lists, events and logs, bounded and without secrets.

use cluster::{Cluster, EventQuery, ListQuery, LogQuery};
use explain::{Look, Seen, Tool};
use serde_json::Value;

/// Lines of a log.
const LINES: i64 = 60;
/// Objects of a list, or events.
const ITEMS: u32 = 40;

/// The answer to what a model wants to see; a failure is an answer too.
pub(crate) async fn look(cluster: &Cluster, wanted: Look) -> Seen {
    let mut names = Vec::new();
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let (kind, namespace, name) = (&wanted.kind, given(&wanted.namespace), given(&wanted.name));
    let answer = match wanted.tool {
        Tool::GetObject => object(cluster, kind, namespace.as_deref(), &wanted.name, &mut names).await,
        Tool::List => list(cluster, kind, namespace, &mut names).await,
        Tool::Events => events(cluster, namespace, name, &mut names).await,
        Tool::Logs => logs(cluster, &wanted).await,
    };
    Seen { text: answer.unwrap_or_else(|error| error.to_string()), names }
}

/// The end of a log: of the instance before, too, where there was one.
async fn logs(cluster: &Cluster, wanted: &Look) -> Result<String, cluster::Error> {
    let container = Some(wanted.container.clone()).filter(|name| !name.is_empty());
    let query = LogQuery {
        namespace: wanted.namespace.clone(),
        pod: wanted.name.clone(),
        container,
        tail_lines: Some(LINES),
        ..LogQuery::default()
    };
    let previous = cluster.logs(&LogQuery { previous: true, ..query.clone() }).await;
    let current = cluster.logs(&query).await;
    match (previous, current) {
        (Ok(previous), Ok(current)) => {
            Ok(format!("instance before:\n{}\ninstance now:\n{}", previous.text, current.text))
        }
        (Ok(only), Err(_)) | (Err(_), Ok(only)) => Ok(only.text),
        (Err(_), Err(error)) => Err(error),
    }
}

async fn object(
    cluster: &Cluster,
    kind: &str,
    namespace: Option<&str>,
    name: &str,
    names: &mut Vec<String>,
) -> Result<String, cluster::Error> {
    let resource = cluster.resolve(kind).await?;
    let mut object = cluster.get(&resource, namespace, name).await?;
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    collect(&object, false, names);
    Ok(serde_saphyr::to_string(&object).unwrap_or_else(|_| object.to_string()))
}

async fn list(
    cluster: &Cluster,
    kind: &str,
    namespace: Option<String>,
    names: &mut Vec<String>,
) -> Result<String, cluster::Error> {
    let resource = cluster.resolve(kind).await?;
    let query = ListQuery { namespace, limit: Some(ITEMS), ..ListQuery::all(resource) };
    let page = cluster.list(&query).await?;
    page.items.iter().for_each(|item| collect(item, false, names));
    let lines = page.items.iter().map(|item| {
        let at = |pointer: &str| item.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        format!("{}/{} {}", at("/metadata/namespace"), at("/metadata/name"), at("/status/phase"))
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

async fn events(
    cluster: &Cluster,
    namespace: Option<String>,
    name: Option<String>,
    names: &mut Vec<String>,
) -> Result<String, cluster::Error> {
    let query = EventQuery { namespace, name, limit: Some(ITEMS), ..EventQuery::default() };
    let page = cluster.events(&query).await?;
    page.items.iter().for_each(|item| collect(item, false, names));
    let lines = page.items.iter().map(|event| {
        let at = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        format!(
            "{} {} {}/{}: {}",
            at("/type"),
            at("/reason"),
            at("/involvedObject/kind"),
            at("/involvedObject/name"),
            at("/message")
        )
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

/// What identifies in an object: values of keys that name something, and of labels and selectors.
fn collect(value: &Value, named: bool, names: &mut Vec<String>) {
    match value {
        Value::String(text) if named => names.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, named, names)),
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.to_ascii_lowercase();
                let label = key.ends_with("labels") || key.ends_with("selector");
                collect(value, named || label || key.ends_with("name") || key.ends_with("namespace"), names);
            }
        }
        _ => {}
    }
}
