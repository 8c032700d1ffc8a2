//! What somebody sees who opens the endpoint: that it runs, on which cluster, and how to ask it.

use http::{HeaderMap, header};
use serde_json::{Value, json};

use crate::handler::Server;
use crate::{prompts, resources, tools};

/// The card. The headers have passed the guard.
pub fn card(server: &Server, headers: &HeaderMap) -> Value {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or("localhost");
    let endpoint = format!("http://{host}/mcp");
    let identity = server.engine().cluster().identity();
    let curl = format!(
        "curl -X POST {endpoint} -H \"Content-Type: application/json\" \
         -d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"analyze\"}}}}'"
    );
    json!({
        "name": "k8sgpt",
        "version": server.version(),
        "description": "Kubernetes diagnosis over the Model Context Protocol",
        "status": "ok",
        "cluster": { "context": identity.context, "server": identity.server, "live": identity.live },
        "endpoint": endpoint,
        "transport": "streamable HTTP, stateless: POST one JSON-RPC request at a time",
        "tools": tools::ALL.iter().map(|tool| tool.name).collect::<Vec<_>>(),
        "resources": resources::ALL.iter().map(|resource| resource.uri).collect::<Vec<_>>(),
        "prompts": prompts::ALL.iter().map(|prompt| prompt.name).collect::<Vec<_>>(),
        "try": curl,
    })
}
