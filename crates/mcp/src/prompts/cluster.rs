//! troubleshoot-cluster.

use engine::Request;
use engine::cluster::EventQuery;
use futures::FutureExt;

use super::Prompt;
use super::facts::{DATA, event_lines, quote};
use crate::handler::Server;
use crate::objects::{all, at};
use crate::output::Fault;
use crate::tools::rows;

/// Characters of the analysis in the prompt.
const ANALYSIS_CHARS: usize = 7500;

/// The prompt.
pub static PROMPT: Prompt = Prompt {
    name: "troubleshoot-cluster",
    title: "Troubleshoot the cluster",
    description: "General cluster troubleshooting workflow, with the root causes, nodes and warnings of the cluster as they are now",
    args: &[],
    run: |server, _| run(server).boxed(),
};

async fn run(server: &Server) -> Result<String, Fault> {
    let cluster = server.engine().cluster();
    let warnings = EventQuery { event_type: Some("Warning".to_owned()), limit: Some(15), ..EventQuery::default() };
    let (analysis, nodes, events, version) =
        tokio::join!(analysis(server), nodes(server), event_lines(cluster, &warnings), cluster.version());
    let version = version.map_or_else(|error| format!("unknown ({error})"), |version| version.git_version);
    Ok(format!(
        "Find out what is wrong with this cluster, and how to fix it.\n\nCluster: {}\nKubernetes: {version}\n\n{DATA}\n\n{}\n{}\n{}\n{STEPS}",
        cluster.identity(),
        quote("Root causes that the analysis names now, worst first:", &analysis),
        quote("Nodes:", &nodes),
        quote("Latest warnings:", &events),
    ))
}

async fn analysis(server: &Server) -> String {
    match server.engine().analyze(&Request::default()).await {
        Ok(report) => crate::tools::analyze::text(&report, ANALYSIS_CHARS),
        Err(error) => format!("the analysis failed: {error}"),
    }
}

async fn nodes(server: &Server) -> String {
    let cluster = server.engine().cluster();
    let read = async {
        let resource = cluster.resolve("nodes").await?;
        let nodes = all(cluster, &resource, None).await?;
        Ok::<_, engine::cluster::Error>((resource, nodes))
    };
    match read.await {
        Err(error) => format!("could not be read: {error}"),
        Ok((resource, nodes)) => {
            let now = cluster.now();
            let total = nodes.len();
            let mut rows: Vec<_> = nodes.iter().map(|node| rows::row(&resource, node, now)).collect();
            // Nodes that are not well come first.
            rows.sort_by_key(|row| at(row, "/status") == "Ready");
            rows.truncate(30);
            let more = if total > rows.len() { format!("{} more\n", total - rows.len()) } else { String::new() };
            rows::table(&resource, &rows) + &more
        }
    }
}

const STEPS: &str = "Steps:\n\
    1. Take the root causes above in their order: each names the objects it explains, so what it explains needs no search of its own.\n\
    2. For each: check its proof with get-resource, list-events and get-logs, then give the fix as a change of a manifest or a command.\n\
    3. If nodes are not ready, treat them first: much else follows from them.\n\
    4. Look at what could not be checked (the analysis says so) and say which permission is missing.\n\
    5. Look for what no rule covers: analyze with more filters (list-filters names them), list-resources for events of kinds not named here.\n\
    6. End with a short list: cause, proof, fix, how to see that it worked; worst first.\n";
