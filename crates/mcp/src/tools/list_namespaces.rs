//! list-namespaces.

use futures::FutureExt;
use serde_json::{Value, json};

use super::{Tool, always, sometimes};
use crate::handler::Server;
use crate::objects::{all, cluster_fault, trimmed};
use crate::output::{Fault, Output, fitting, lines};

/// The tool.
pub static TOOL: Tool = Tool {
    name: "list-namespaces",
    title: "List namespaces",
    description: "List all namespaces in the cluster, with their labels and phase.",
    args: &[],
    writes: false,
    fields: &[
        always("count", "integer", "number of namespaces"),
        always("namespaces", "array", "their names"),
        always("items", "array", "the objects: metadata and status"),
        sometimes("notes", "array", "what was left out and how to get it"),
    ],
    run: |server, _| run(server).boxed(),
};

async fn run(server: &Server) -> Result<Output, Fault> {
    let cluster = server.engine().cluster();
    let resource = cluster.resolve("namespaces").await.map_err(cluster_fault)?;
    let objects = all(cluster, &resource, None).await.map_err(cluster_fault)?;
    let names: Vec<&str> = objects.iter().map(|object| crate::objects::at(object, "/metadata/name")).collect();
    let mut items: Vec<Value> = objects.iter().map(trimmed).collect();
    let budget = server.options().budget_chars;
    let fit = fitting(&items, budget * 3 / 5);
    let left_out = items.len() - fit;
    items.truncate(fit);
    let names_fit = fitting(&names.iter().map(|name| json!(name)).collect::<Vec<_>>(), budget * 2 / 5);
    let shown = names.get(..names_fit).unwrap_or(&names);
    let data = json!({ "count": names.len(), "namespaces": shown, "items": items });
    let output = Output::new(lines(&items), data);
    if left_out == 0 {
        return Ok(output);
    }
    Ok(output.note(format!(
        "{left_out} of {} namespaces are not shown in full; next call: list-resources \
         {{\"resourceType\":\"namespaces\",\"output\":\"table\"}}",
        names.len()
    )))
}
