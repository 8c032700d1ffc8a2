//! list-events: what happened to objects.

use engine::cluster::EventQuery;
use futures::FutureExt;
use serde_json::{Map, Value, json};

use super::{Tool, always, sometimes};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::objects::{at, check_namespace, cluster_fault};
use crate::output::{Fault, Output, fitting, lines, shrink};
use crate::read::Args;

/// The tool.
pub static TOOL: Tool = Tool {
    name: "list-events",
    title: "List events",
    description: "List Kubernetes events for debugging, the newest first. All filters apply before the limit. Kubernetes keeps events for one hour unless configured otherwise.",
    args: &[
        Arg::optional("namespace", Kind::Str, "Namespace to query; all namespaces when left out").or(&["ns"]),
        Arg::optional("involvedObjectName", Kind::Str, "Filter by object name").or(&["name", "objectName"]),
        Arg::optional("involvedObjectKind", Kind::Str, "Filter by object kind, for example Pod").or(&["kind", "objectKind"]),
        Arg::optional("type", Kind::Str, "Filter by type: Warning or Normal").or(&["eventType"]),
        Arg::optional("reason", Kind::Str, "Filter by reason, for example FailedScheduling"),
        Arg::optional("limit", Kind::Int { min: 1, max: 1000 }, "Most events in the answer, 100 when left out"),
        Arg::optional("continue", Kind::Str, "Token of the answer before, to get older events").or(&["continueToken", "cursor"]),
    ],
    writes: false,
    fields: &[
        always("count", "integer", "events in this answer"),
        always("events", "array", "the events, newest first"),
        always("remaining", "integer", "matching events that are not in this answer"),
        sometimes("continue", "string", "token for the next, older events"),
        sometimes("notes", "array", "what was left out and how to get it"),
    ],
    run: |server, args| run(server, args).boxed(),
};

async fn run(server: &Server, args: Args) -> Result<Output, Fault> {
    let cluster = server.engine().cluster();
    let skip = match args.text("continue") {
        Some(token) => token.strip_prefix("seen-").and_then(|seen| seen.parse::<u32>().ok()).ok_or_else(|| {
            Fault::about("continue", "not a token of list-events; pass on the token of the answer before unchanged")
        })?,
        None => 0,
    };
    let limit = args.count("limit").unwrap_or(100);
    let query = EventQuery {
        namespace: args.owned("namespace"),
        name: args.owned("involvedObjectName"),
        kind: args.owned("involvedObjectKind"),
        event_type: args.owned("type"),
        reason: args.owned("reason"),
        limit: Some(limit.saturating_add(skip)),
    };
    let page = cluster.events(&query).await.map_err(fault)?;
    if let (true, Some(namespace)) = (page.items.is_empty(), &query.namespace) {
        check_namespace(cluster, namespace).await?;
    }
    let budget = server.options().budget_chars.saturating_sub(1000);
    let mut events: Vec<Value> = page.items.iter().skip(skip as usize).map(brief).collect();
    events.iter_mut().for_each(|event| {
        shrink(event, 2000);
    });
    let fit = fitting(&events, budget);
    let remaining = (events.len() - fit) as u64 + page.remaining.unwrap_or(0);
    events.truncate(fit);
    let mut data = json!({ "count": events.len(), "events": events, "remaining": remaining });
    let output = lines(&events);
    if remaining == 0 {
        let output = Output::new(output, data);
        return Ok(if events.is_empty() { output.note("no events match; Kubernetes forgets them after one hour unless configured otherwise") } else { output });
    }
    let token = format!("seen-{}", skip as usize + events.len());
    let note = more(&args, &token, events.len(), remaining);
    if let Some(map) = data.as_object_mut() {
        map.insert("continue".to_owned(), json!(token));
    }
    Ok(Output::new(output, data).note(note))
}

/// A failure in terms of this tool's arguments.
fn fault(error: engine::cluster::Error) -> Fault {
    let field = match &error {
        engine::cluster::Error::BadName { what, .. } => match *what {
            "name" => "involvedObjectName",
            "resource type" => "involvedObjectKind",
            "event type" => "type",
            "event reason" => "reason",
            _ => return cluster_fault(error),
        },
        _ => return cluster_fault(error),
    };
    Fault::about(field, error)
}

/// An event with what it says and without what only the server needs. Its keys stay Kubernetes' own.
pub fn brief(event: &Value) -> Value {
    let mut out = Map::new();
    for key in ["type", "reason", "message", "count", "firstTimestamp", "lastTimestamp", "eventTime", "series"] {
        if let Some(value) = event.get(key).filter(|value| !value.is_null()) {
            out.insert(key.to_owned(), value.clone());
        }
    }
    let mut object = Map::new();
    for key in ["kind", "namespace", "name", "fieldPath"] {
        let text = at(event, &format!("/involvedObject/{key}"));
        if !text.is_empty() {
            object.insert(key.to_owned(), json!(text));
        }
    }
    out.insert("involvedObject".to_owned(), Value::Object(object));
    let component = match at(event, "/source/component") {
        "" => at(event, "/reportingComponent"),
        component => component,
    };
    if !component.is_empty() {
        out.insert("source".to_owned(), json!({ "component": component }));
    }
    out.insert("metadata".to_owned(), json!({ "namespace": at(event, "/metadata/namespace"), "name": at(event, "/metadata/name") }));
    Value::Object(out)
}

fn more(args: &Args, token: &str, shown: usize, remaining: u64) -> String {
    let mut next = Map::new();
    for name in ["namespace", "involvedObjectName", "involvedObjectKind", "type", "reason", "limit"] {
        if let Some(value) = args.value(name) {
            next.insert(name.to_owned(), value.clone());
        }
    }
    next.insert("continue".to_owned(), json!(token));
    format!("{shown} shown, {remaining} older ones match too; next call: list-events {}", Value::Object(next))
}
