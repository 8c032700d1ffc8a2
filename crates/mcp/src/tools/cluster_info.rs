//! cluster-info: which cluster this is.

use futures::FutureExt;
use serde_json::json;

use super::{Tool, always};
use crate::handler::Server;
use crate::objects::cluster_fault;
use crate::output::{Fault, Output};

/// The tool.
pub static TOOL: Tool = Tool {
    name: "cluster-info",
    title: "Cluster information",
    description: "Get Kubernetes cluster information and version: server version, platform, and which context or recording is looked at.",
    args: &[],
    writes: false,
    fields: &[
        always("gitVersion", "string", "version of the API server"),
        always("platform", "string", "platform of the API server"),
        always("context", "string", "context, in-cluster, demo, or snapshot"),
        always("server", "string", "URL of the API server, or what is looked at instead"),
        always("live", "boolean", "whether it is a live cluster"),
    ],
    run: |server, _| run(server).boxed(),
};

async fn run(server: &Server) -> Result<Output, Fault> {
    let cluster = server.engine().cluster();
    let version = cluster.version().await.map_err(cluster_fault)?;
    let identity = cluster.identity();
    let kind = if identity.live { "context" } else { "recording" };
    let text = format!(
        "Kubernetes {}\nplatform: {}\n{kind}: {}\nserver: {}",
        version.git_version, version.platform, identity.context, identity.server
    );
    Ok(Output::new(
        text,
        json!({
            "gitVersion": version.git_version,
            "platform": version.platform,
            "context": identity.context,
            "server": identity.server,
            "live": identity.live,
        }),
    ))
}
