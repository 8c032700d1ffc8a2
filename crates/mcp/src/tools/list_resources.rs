//! list-resources: objects of a type.

use engine::cluster::{Cluster, ListPage, ListQuery};
use futures::FutureExt;
use serde_json::{Map, Value, json};

use super::{Tool, always, sometimes};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::objects::{check_namespace, cluster_fault, trimmed};
use crate::output::{Fault, Output, fitting, lines, shrink};
use crate::read::Args;
use crate::tools::rows;

/// The tool.
pub static TOOL: Tool = Tool {
    name: "list-resources",
    title: "List resources",
    description: "List Kubernetes resources of a specific type. Objects are shown without noise (get-resource shows one in full); Secret values are never shown.",
    args: &[
        Arg::required("resourceType", Kind::Str, "Type of resource: pods, deployments, services, nodes, jobs, cronjobs, statefulsets, daemonsets, replicasets, configmaps, secrets, ingresses, pvcs, pvs, or any other type of the cluster, also a custom one such as certificates.cert-manager.io")
            .or(&["type", "kind", "resource"]),
        Arg::optional("namespace", Kind::Str, "Namespace to query; all namespaces when left out").or(&["ns"]),
        Arg::optional("labelSelector", Kind::Str, "Label selector for filtering, for example app=web,tier in (front, back)")
            .or(&["selector", "labels"]),
        Arg::optional("fieldSelector", Kind::Str, "Field selector for filtering, for example status.phase=Pending")
            .or(&["fields"]),
        Arg::optional("limit", Kind::Int { min: 1, max: 1000 }, "Most objects in the answer, 100 when left out"),
        Arg::optional("continue", Kind::Str, "Token of the answer before, to get the next objects")
            .or(&["continueToken", "cursor"]),
        Arg::optional("output", Kind::Choice(&["json", "yaml", "table"]), "json (default), yaml, or table: one short line an object")
            .or(&["format"]),
    ],
    writes: false,
    fields: &[
        always("kind", "string", "kind of the list, for example PodList"),
        always("apiVersion", "string", "API version of the objects"),
        always("count", "integer", "objects in this answer"),
        always("items", "array", "the objects"),
        always("metadata", "object", "continue: token for the next objects; remainingItemCount: how many"),
        sometimes("notes", "array", "what was left out and how to get it"),
    ],
    run: |server, args| run(server, args).boxed(),
};

async fn run(server: &Server, args: Args) -> Result<Output, Fault> {
    let cluster = server.engine().cluster();
    let resource = cluster.resolve(args.required("resourceType")).await.map_err(cluster_fault)?;
    let mut query = ListQuery {
        namespace: args.owned("namespace").filter(|_| resource.namespaced),
        label_selector: args.owned("labelSelector"),
        field_selector: args.owned("fieldSelector"),
        limit: Some(args.count("limit").unwrap_or(100)),
        continue_token: args.owned("continue"),
        ..ListQuery::all(resource.clone())
    };
    let table = args.text("output") == Some("table");
    let budget = server.options().budget_chars.saturating_sub(1500);
    let (page, items) = fitting_page(cluster, &mut query, table, budget).await?;
    if let (true, Some(namespace)) = (items.is_empty(), &query.namespace) {
        check_namespace(cluster, namespace).await?;
    }
    let mut metadata = Map::new();
    if let Some(token) = &page.continue_token {
        metadata.insert("continue".to_owned(), json!(token));
    }
    if let Some(remaining) = page.remaining.filter(|_| page.continue_token.is_some()) {
        metadata.insert("remainingItemCount".to_owned(), json!(remaining));
    }
    let kind = format!("{}List", page.kind);
    let data = json!({
        "kind": kind,
        "apiVersion": page.api_version,
        "metadata": metadata,
        "count": items.len(),
        "items": items,
    });
    let text = match args.text("output") {
        Some("table") => rows::table(&resource, &items),
        Some("yaml") => serde_saphyr::to_string(&data).map_err(|error| Fault(error.to_string()))?,
        _ => as_json(&data, &items),
    };
    let output = Output::new(text, data);
    Ok(match &page.continue_token {
        Some(token) => output.note(more(&args, token, items.len(), page.remaining)),
        None => output,
    })
}

/// The page whose items fit. Where they do not, a smaller page is asked for, so that its token continues
/// exactly after the last item shown.
async fn fitting_page(
    cluster: &Cluster,
    query: &mut ListQuery,
    table: bool,
    budget: usize,
) -> Result<(ListPage, Vec<Value>), Fault> {
    let now = cluster.now();
    let shown = |page: &ListPage, query: &ListQuery| -> Vec<Value> {
        let show = |object: &Value| {
            let mut item = if table { rows::row(&query.resource, object, now) } else { trimmed(object) };
            shrink(&mut item, (budget / 4).max(400));
            item
        };
        page.items.iter().map(show).collect()
    };
    let mut page = cluster.list(query).await.map_err(cluster_fault)?;
    let mut items = shown(&page, query);
    let fit = fitting(&items, budget);
    if fit < items.len() {
        query.limit = Some(u32::try_from(fit).unwrap_or(1).max(1));
        page = cluster.list(query).await.map_err(cluster_fault)?;
        items = shown(&page, query);
        // Between the two requests objects may have grown; the bound is on size, not on their number.
        items.iter_mut().for_each(|item| {
            shrink(item, budget);
        });
    }
    Ok((page, items))
}

fn as_json(data: &Value, items: &[Value]) -> String {
    let part = |key: &str| data.get(key).cloned().unwrap_or_default();
    format!(
        "{{\"kind\":{},\"apiVersion\":{},\"metadata\":{},\"count\":{},\"items\":{}}}",
        part("kind"),
        part("apiVersion"),
        part("metadata"),
        part("count"),
        lines(items)
    )
}

/// What was left out and the next call to make.
fn more(args: &Args, token: &str, shown: usize, remaining: Option<u64>) -> String {
    let mut next = Map::new();
    for name in ["resourceType", "namespace", "labelSelector", "fieldSelector", "output"] {
        if let Some(value) = args.value(name) {
            next.insert(name.to_owned(), value.clone());
        }
    }
    next.insert("continue".to_owned(), json!(token));
    let rest = remaining.map_or_else(|| "more follow".to_owned(), |count| format!("{count} more follow"));
    format!("{shown} shown, {rest}; next call: list-resources {}", Value::Object(next))
}
