//! The resources: read-only facts under absolute URIs, which strict clients ask for; the bare names of the
//! documentation are read too.

use rmcp::model::{ErrorData, ReadResourceResult, ResourceContents};
use serde_json::{Value, json};

use crate::handler::Server;
use crate::objects::{all, at, cluster_fault};
use crate::output::Fault;
use crate::text::{brief, did_you_mean, near, visible};

/// The scheme of the URIs.
const SCHEME: &str = "k8sgpt://";

/// A resource.
pub struct Resource {
    /// Absolute URI.
    pub uri: &'static str,
    /// Name as documented, read as a URI too.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// What it holds.
    pub description: &'static str,
}

/// All resources, sorted by name.
pub static ALL: &[Resource] = &[
    Resource {
        uri: "k8sgpt://active-filters",
        name: "active-filters",
        title: "Active filters",
        description: "Get currently active analyzers/filters: those that run when an analysis names none",
    },
    Resource {
        uri: "k8sgpt://cluster-info",
        name: "cluster-info",
        title: "Cluster information",
        description: "Get information about the Kubernetes cluster: version and platform of its API server",
    },
    Resource {
        uri: "k8sgpt://namespaces",
        name: "namespaces",
        title: "Namespaces",
        description: "List all namespaces in the cluster",
    },
];

/// As clients see them.
pub fn declarations() -> Vec<rmcp::model::Resource> {
    ALL.iter()
        .map(|resource| {
            rmcp::model::Resource::new(resource.uri, resource.name)
                .with_title(resource.title)
                .with_description(resource.description)
                .with_mime_type("application/json")
        })
        .collect()
}

/// Reads a resource by its URI or its bare name.
pub async fn read(server: &Server, uri: &str) -> Result<ReadResourceResult, ErrorData> {
    let name = uri.trim().strip_prefix(SCHEME).unwrap_or(uri.trim()).trim_end_matches('/');
    let answer = match name {
        "cluster-info" => cluster_info(server).await,
        "namespaces" => namespaces(server).await,
        "active-filters" => active_filters(server),
        _ => return Err(not_found(uri, name)),
    };
    match answer {
        Ok(value) => {
            let contents =
                ResourceContents::text(visible(&value.to_string()), uri).with_mime_type("application/json");
            Ok(ReadResourceResult::new(vec![contents]))
        }
        Err(Fault(text)) => Err(ErrorData::internal_error(visible(&text), Some(json!({ "uri": brief(uri, 200) })))),
    }
}

fn not_found(uri: &str, name: &str) -> ErrorData {
    let hint = did_you_mean(&near(name, ALL.iter().map(|resource| resource.name)));
    let known: Vec<&str> = ALL.iter().map(|resource| resource.uri).collect();
    let message = format!("resource \"{}\" does not exist{hint}; resources here: {}", brief(uri, 80), known.join(", "));
    ErrorData::resource_not_found(message, Some(json!({ "uri": brief(uri, 200) })))
}

async fn cluster_info(server: &Server) -> Result<Value, Fault> {
    let version = server.engine().cluster().version().await.map_err(cluster_fault)?;
    Ok(json!({
        "gitVersion": version.git_version,
        "platform": version.platform,
        "version": version.git_version,
    }))
}

async fn namespaces(server: &Server) -> Result<Value, Fault> {
    let cluster = server.engine().cluster();
    let resource = cluster.resolve("namespaces").await.map_err(cluster_fault)?;
    let objects = all(cluster, &resource, None).await.map_err(cluster_fault)?;
    let names: Vec<&str> = objects.iter().map(|object| at(object, "/metadata/name")).collect();
    Ok(json!({ "count": names.len(), "namespaces": names }))
}

fn active_filters(server: &Server) -> Result<Value, Fault> {
    let config = server.engine().config().load().map_err(|error| Fault(error.to_string()))?;
    let active = engine::filters::list(&config).active;
    Ok(json!({ "activeFilters": active, "count": active.len() }))
}
