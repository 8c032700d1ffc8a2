//! get-resource: one object.

use futures::FutureExt;
use serde_json::{Map, Value, json};

use super::{Tool, always, sometimes};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::objects::{DEFAULT_NAMESPACE, cluster_fault, locate};
use crate::output::{Fault, Output, shrink};
use crate::read::Args;

/// The tool.
pub static TOOL: Tool = Tool {
    name: "get-resource",
    title: "Get a resource",
    description: "Get detailed information about a specific Kubernetes resource: the whole object without managed fields. Secret values are never shown.",
    args: &[
        Arg::required("resourceType", Kind::Str, "Type of resource, for example pods, deployment, pvc, or certificates.cert-manager.io")
            .or(&["type", "kind", "resource"]),
        Arg::required("name", Kind::Str, "Resource name").or(&["resourceName"]),
        Arg::optional("namespace", Kind::Str, "Namespace; when left out: default, else the only namespace that has such an object")
            .or(&["ns"]),
        Arg::optional("output", Kind::Choice(&["json", "yaml"]), "json (default) or yaml").or(&["format"]),
    ],
    writes: false,
    fields: &[
        always("kind", "string", "kind"),
        always("name", "string", "name"),
        sometimes("namespace", "string", "namespace, for namespaced kinds"),
        always("object", "object", "the object"),
        sometimes("notes", "array", "what was left out, or where it was found"),
    ],
    run: |server, args| run(server, args).boxed(),
};

async fn run(server: &Server, args: Args) -> Result<Output, Fault> {
    let cluster = server.engine().cluster();
    let resource = cluster.resolve(args.required("resourceType")).await.map_err(cluster_fault)?;
    let name = args.required("name");
    let found = locate(cluster, &resource, args.text("namespace"), name).await;
    let (mut object, namespace) = found.map_err(|error| {
        let Fault(text) = cluster_fault(error);
        Fault(text.strip_prefix("podName: ").map_or(text.clone(), |rest| format!("name: {rest}")))
    })?;
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    let cut = shrink(&mut object, server.options().budget_chars.saturating_sub(500));
    let text = match args.text("output") {
        Some("yaml") => serde_saphyr::to_string(&object).map_err(|error| Fault(error.to_string()))?,
        _ => serde_json::to_string_pretty(&object).map_err(|error| Fault(error.to_string()))?,
    };
    // Indentation counts too: what is too long indented is written on one line.
    let text = if text.chars().count() > server.options().budget_chars { object.to_string() } else { text };
    let mut data = Map::new();
    data.insert("kind".to_owned(), json!(resource.kind));
    data.insert("name".to_owned(), json!(name));
    if let Some(namespace) = &namespace {
        data.insert("namespace".to_owned(), json!(namespace));
    }
    data.insert("object".to_owned(), object);
    let mut output = Output::new(text, Value::Object(data));
    if let (None, Some(namespace)) = (args.text("namespace"), &namespace)
        && namespace != DEFAULT_NAMESPACE
    {
        output = output.note(format!("no namespace was given; found in namespace {namespace}, the only one that has it"));
    }
    if cut {
        output = output.note("the object is large: long texts and lists in it were cut, and say so".to_owned());
    }
    Ok(output)
}
