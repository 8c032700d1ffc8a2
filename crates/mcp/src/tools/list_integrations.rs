//! list-integrations.

use engine::integrations;
use futures::FutureExt;
use serde_json::{Value, json};

use super::{Tool, always};
use crate::handler::Server;
use crate::output::{Fault, Output, lines};

/// The tool.
pub static TOOL: Tool = Tool {
    name: "list-integrations",
    title: "List integrations",
    description: "List available integrations (Prometheus, AWS, Keda, Kyverno, etc.) and whether they are active. An integration is active when one of its filters is.",
    args: &[],
    writes: false,
    fields: &[always("integrations", "array", "name, active, and filters of each")],
    run: |server, _| run(server).boxed(),
};

async fn run(server: &Server) -> Result<Output, Fault> {
    let config = server.engine().config().load().map_err(|error| Fault(error.to_string()))?;
    let list: Vec<Value> = integrations::list(&config)
        .iter()
        .map(|found| json!({ "active": found.active, "name": found.name, "filters": found.filters }))
        .collect();
    Ok(Output::new(lines(&list), json!({ "integrations": list })))
}
