//! list-filters, add-filters, remove-filters: which analyzers run.

use engine::filters::{self, FilterError, FilterList};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;

use super::{Tool, always, sometimes};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::output::{Fault, Output};
use crate::read::Args;

const NAMES: Kind = Kind::List;

/// list-filters.
pub static LIST: Tool = Tool {
    name: "list-filters",
    title: "List filters",
    description: "List all available and active analyzers/filters.",
    args: &[],
    writes: false,
    fields: &[
        always("activeFilters", "array", "filters that run when an analysis names none"),
        always("coreFilters", "array", "filters of the core set"),
        always("additionalFilters", "array", "filters of the additional set"),
        always("furtherFilters", "array", "filters of neither set"),
        always("integrationFilters", "array", "filters that belong to an integration"),
        always("customAnalyzers", "array", "custom analyzers, which filters select too"),
        always("why", "object", "for each filter why it runs or not when an analysis names none"),
        sometimes("notes", "array", "what is odd about the configured ones"),
    ],
    run: |server, _| list(server).boxed(),
};

/// add-filters.
pub static ADD: Tool = Tool {
    name: "add-filters",
    title: "Add filters",
    description: "Add filters to enable specific analyzers. Changes the configuration file, not the cluster.",
    args: &[Arg {
        name: "filters",
        kind: NAMES,
        required: true,
        description: "Comma-separated list of analyzer names; see list-filters",
        aliases: &["filter", "names"],
    }],
    writes: true,
    fields: &[
        always("added", "array", "filters that are active now and were not before"),
        always("unchanged", "array", "filters that were active already"),
        always("activeFilters", "array", "all that are active now"),
        sometimes("notes", "array", "what else to know"),
    ],
    run: |server, args| add(server, args),
};

/// remove-filters.
pub static REMOVE: Tool = Tool {
    name: "remove-filters",
    title: "Remove filters",
    description: "Remove filters to disable specific analyzers. Changes the configuration file, not the cluster.",
    args: &[Arg {
        name: "filters",
        kind: NAMES,
        required: true,
        description: "Comma-separated list of analyzer names; see list-filters",
        aliases: &["filter", "names"],
    }],
    writes: true,
    fields: &[
        always("removed", "array", "filters that were active and are not now"),
        always("unchanged", "array", "filters that were not active"),
        always("activeFilters", "array", "all that are active now"),
        sometimes("notes", "array", "what else to know"),
    ],
    run: |server, args| remove(server, args),
};

async fn list(server: &Server) -> Result<Output, Fault> {
    let list = current(server)?;
    let data = json!({
        "activeFilters": list.active,
        "additionalFilters": list.additional,
        "coreFilters": list.core,
        "customAnalyzers": list.custom,
        "furtherFilters": list.further,
        "integrationFilters": list.integrations,
        "why": list.why,
    });
    let text = serde_json::to_string_pretty(&data).map_err(|error| Fault(error.to_string()))?;
    Ok(list.warnings.into_iter().fold(Output::new(text, data), Output::note))
}

fn add(server: &Server, args: Args) -> BoxFuture<'_, Result<Output, Fault>> {
    changed(server, args, |server, names| {
        let done = filters::add(server.engine().config(), names).map_err(|error| fault(server, &error))?;
        let text = if done.added.is_empty() {
            "All specified filters were already active".to_owned()
        } else {
            format!("Successfully added filters: [{}]", done.added.join(" "))
        };
        let active = current(server)?.active;
        let data = json!({ "added": done.added, "unchanged": done.already, "activeFilters": active });
        Ok(noted(Output::new(text, data), done.note))
    })
}

fn remove(server: &Server, args: Args) -> BoxFuture<'_, Result<Output, Fault>> {
    changed(server, args, |server, names| {
        let file = server.engine().config();
        let mut idle: Vec<String> = Vec::new();
        let mut done = filters::remove(file, names);
        if let Err(FilterError::NotActive { names: inactive, .. }) = &done {
            // Removing what is not active is done already; the others are still to be removed.
            idle.clone_from(inactive);
            let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
            let rest: Vec<String> =
                names.iter().filter(|name| !idle.iter().any(|other| same(other, name))).cloned().collect();
            if rest.is_empty() || rest.len() == names.len() {
                let active = current(server)?.active;
                let data = json!({ "removed": [], "unchanged": idle, "activeFilters": active });
                return Ok(Output::new("None of the specified filters were active", data));
            }
            done = filters::remove(file, &rest);
        }
        let done = done.map_err(|error| fault(server, &error))?;
        let text = format!("Successfully removed filters: [{}]", done.added.join(" "));
        let active = current(server)?.active;
        let data = json!({ "removed": done.added, "unchanged": idle, "activeFilters": active });
        Ok(noted(Output::new(text, data), done.note))
    })
}

/// Changes the configuration file on a thread where waiting for its lock holds up nobody.
fn changed<'a>(
    server: &'a Server,
    args: Args,
    change: fn(&Server, &[String]) -> Result<Output, Fault>,
) -> BoxFuture<'a, Result<Output, Fault>> {
    let server = server.clone();
    async move {
        let names = args.list("filters");
        let work = tokio::task::spawn_blocking(move || change(&server, &names));
        work.await.unwrap_or_else(|error| Err(Fault(format!("the change ended early: {error}"))))
    }
    .boxed()
}

fn current(server: &Server) -> Result<FilterList, Fault> {
    let config = server.engine().config().load().map_err(|error| Fault(error.to_string()))?;
    Ok(filters::list(&config))
}

fn noted(output: Output, note: Option<String>) -> Output {
    match note {
        Some(note) => output.note(note),
        None => output,
    }
}

/// A refused change, with the names that would be right.
fn fault(server: &Server, error: &FilterError) -> Fault {
    let accepted = match (error, current(server)) {
        (FilterError::Unknown(_), Ok(list)) => {
            let mut names = [list.active, list.unused].concat();
            names.sort();
            format!("; accepted: {}", names.join(", "))
        }
        _ => String::new(),
    };
    match error {
        FilterError::Config(_) => Fault(error.to_string()),
        _ => Fault::about("filters", format!("{error}{accepted}")),
    }
}
