//! What a model may read for itself: objects, lists, events and logs, bounded and without secrets.

use cluster::{Cluster, EventQuery, ListQuery, LogQuery};
use explain::Look;
use serde_json::Value;

/// Lines of a log.
const LINES: i64 = 60;
/// Objects of a list, or events.
const ITEMS: u32 = 40;

/// The answer to what a model wants to see; a failure is an answer too.
pub(crate) async fn look(cluster: &Cluster, wanted: Look) -> String {
    let answer = match &wanted {
        Look::Object { kind, namespace, name } => object(cluster, kind, namespace.as_deref(), name).await,
        Look::List { kind, namespace } => list(cluster, kind, namespace.clone()).await,
        Look::Events { namespace, name } => events(cluster, namespace.clone(), name.clone()).await,
        Look::Logs { namespace, pod, container, previous } => {
            let query = LogQuery {
                namespace: namespace.clone(),
                pod: pod.clone(),
                container: container.clone(),
                previous: *previous,
                tail_lines: Some(LINES),
                ..LogQuery::default()
            };
            cluster.logs(&query).await.map(|log| log.text)
        }
    };
    answer.unwrap_or_else(|error| error.to_string())
}

async fn object(
    cluster: &Cluster,
    kind: &str,
    namespace: Option<&str>,
    name: &str,
) -> Result<String, cluster::Error> {
    let resource = cluster.resolve(kind).await?;
    let mut object = cluster.get(&resource, namespace, name).await?;
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    Ok(serde_saphyr::to_string(&object).unwrap_or_else(|_| object.to_string()))
}

async fn list(cluster: &Cluster, kind: &str, namespace: Option<String>) -> Result<String, cluster::Error> {
    let resource = cluster.resolve(kind).await?;
    let query = ListQuery { resource, namespace, limit: Some(ITEMS), ..ListQuery::default() };
    let page = cluster.list(&query).await?;
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
) -> Result<String, cluster::Error> {
    let query = EventQuery { namespace, name, limit: Some(ITEMS), ..EventQuery::default() };
    let page = cluster.events(&query).await?;
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
