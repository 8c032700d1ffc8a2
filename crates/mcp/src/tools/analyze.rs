//! analyze: what is wrong, and why.

use engine::render::{self, MarkdownOptions, TextOptions};
use engine::{Report, Request};
use futures::FutureExt;
use serde_json::{Map, Value, json};

use super::{Tool, always, sometimes};
use crate::arg::{Arg, Kind};
use crate::handler::Server;
use crate::output::{Fault, Output, fitting, shrink, size};
use crate::read::Args;

/// The tool.
pub static TOOL: Tool = Tool {
    name: "analyze",
    title: "Analyze the cluster",
    description: "Analyze Kubernetes resources for issues and problems. Answers with the root causes, worst first: what is wrong, the objects it affects, the proof, and how to fix it. Start here. Needs no AI provider.",
    args: &[
        Arg::optional("namespace", Kind::Str, "Namespace to analyze; all namespaces when left out").or(&["ns"]),
        Arg::optional("explain", Kind::Bool, "Add an explanation to each cause: from the AI provider where one is configured, else the built-in guidance"),
        Arg::optional("filters", Kind::List, "Comma-separated list of analyzers to use, for example Pod, Deployment, Service; see list-filters. The active ones when left out")
            .or(&["filter", "analyzers"]),
        Arg::optional("backend", Kind::Str, "AI provider for explanations; the configured one when left out")
            .or(&["provider"]),
        Arg::optional("labelSelector", Kind::Str, "Only what touches objects with these labels, for example app=web,tier!=cache")
            .or(&["selector", "labels"]),
        Arg::optional("language", Kind::Str, "Language of explanations, for example english"),
        Arg::optional("output", Kind::Choice(&["text", "json", "markdown"]), "Form of the text: text (default), json or markdown")
            .or(&["format"]),
        Arg::optional("withDoc", Kind::Bool, "Add the official description of the field at fault"),
        Arg::optional("all", Kind::Bool, "List every affected object as a result of its own, not only root causes"),
        Arg::optional("object", Kind::Str, "Only one object and all that it depends on, for example Deployment/web; its namespace in namespace, or as Deployment prod/web"),
        Arg::optional("since", Kind::Str, "Only causes that began after this: an age such as 12h or 7d, a date, or a time in RFC 3339"),
        Arg::optional("showSuppressed", Kind::Bool, "List the causes that are hidden because they are known: by the ignore file or by an annotation k8sgpt.ai/ignore"),
        Arg::optional("customAnalysis", Kind::Bool, "Ask the configured custom analyzers too. When left out: yes on a live cluster, unless filters or object narrow the analysis; filters name single ones"),
        Arg::optional("anonymize", Kind::Bool, "Mask names in what is sent to the AI provider; by default where it is outside this machine and private networks"),
        Arg::optional("noCache", Kind::Bool, "Neither read nor write the cache of explanations"),
        Arg::optional("investigate", Kind::Bool, "Let the AI provider look at objects, events and logs before it explains"),
        Arg::optional("maxCalls", Kind::Int { min: 0, max: 10_000 }, "Most calls to the AI provider"),
    ],
    writes: false,
    fields: &[
        always("status", "string", "OK or ProblemDetected"),
        always("problems", "integer", "number of results"),
        always("results", "array", "one entry a root object: kind, name, error, details, parentObject, rule, affected"),
        always("causes", "array", "root causes, worst first: rule, severity, kind, name, text, began, evidence, explains, fix"),
        always("provider", "string", "AI provider that explained, or empty"),
        sometimes("errors", "array", "what went wrong while analyzing"),
        always("not_checked", "array", "kinds that could not be checked wholly, and why"),
        always("suppressed", "integer", "causes hidden because they are known, or began before since"),
        always("suppressed_by", "object", "how many the ignore file, annotations, and since hide"),
        sometimes("suppressed_causes", "array", "the hidden causes, with who hides them and why"),
        sometimes("object", "object", "the object that was diagnosed, and what was looked at"),
        sometimes("notes", "array", "what else to know"),
        always("affected_objects", "integer", "objects that the causes affect"),
        always("filters", "array", "filters that ran"),
        always("run", "object", "cluster, objects read, requests, times"),
        sometimes("explained_by", "string", "where explanations come from"),
        sometimes("left_out", "object", "how many entries of which list were left out to keep this short"),
    ],
    run: |server, args| run(server, args).boxed(),
};

async fn run(server: &Server, args: Args) -> Result<Output, Fault> {
    let request = Request {
        namespace: args.owned("namespace"),
        selector: args.owned("labelSelector"),
        filters: args.list("filters"),
        explain: args.flag("explain"),
        backend: args.owned("backend").or_else(|| server.options().backend.clone()),
        language: args.owned("language"),
        anonymize: args.value("anonymize").and_then(Value::as_bool),
        no_cache: args.flag("noCache"),
        investigate: args.flag("investigate"),
        max_calls: args.count("maxCalls").map(u64::from),
        max_tokens_total: None,
        max_concurrency: None,
        with_doc: args.flag("withDoc"),
        all: args.flag("all"),
        object: args.owned("object"),
        since: args.owned("since"),
        baseline: None,
        show_suppressed: args.flag("showSuppressed"),
        custom_analysis: custom_analysis(server, &args),
    };
    let report = match server.engine().analyze(&request).await {
        Ok(report) => report,
        // The check names the namespaces that there are.
        Err(engine::Error::UnknownNamespace { given, near }) if near.is_empty() => {
            crate::objects::check_namespace(server.engine().cluster(), &given).await?;
            return Err(fault(engine::Error::UnknownNamespace { given, near }));
        }
        Err(error) => return Err(fault(error)),
    };
    let budget = server.options().budget_chars;
    let form = args.owned("output");
    // Large reports take a while to write; other calls must not wait for it.
    let written = tokio::task::spawn_blocking(move || written(&report, form.as_deref(), budget)).await;
    written.unwrap_or_else(|error| Err(Fault(format!("the report could not be written: {error}"))))
}

/// Whether all custom analyzers are asked. They look at a cluster that runs, not at a recording of one.
fn custom_analysis(server: &Server, args: &Args) -> bool {
    let asked = args.value("customAnalysis").and_then(Value::as_bool);
    let narrowed = !args.list("filters").is_empty() || args.owned("object").is_some();
    asked.unwrap_or_else(|| !narrowed && server.engine().cluster().identity().live)
}

fn written(report: &Report, form: Option<&str>, budget: usize) -> Result<Output, Fault> {
    // Programs read the document, and a cut one is worth less to them than a long one.
    let document_budget = budget * 2;
    let data = bounded(document(report), document_budget);
    let text = match form {
        Some("json") => json(report, &data, document_budget)?,
        Some("markdown") => render::markdown(report, &MarkdownOptions { budget_chars: Some(budget) }),
        _ => text(report, budget),
    };
    Ok(Output::new(text, Value::Object(data)))
}

/// A report as text of at most `budget` characters.
pub fn text(report: &Report, budget: usize) -> String {
    render::text(report, &TextOptions { budget_chars: Some(budget), ..TextOptions::default() })
}

/// A failed analysis, the argument at fault first.
pub fn fault(error: engine::Error) -> Fault {
    match error {
        engine::Error::UnknownFilter { .. } => Fault::about("filters", error),
        engine::Error::UnknownNamespace { .. } => Fault::about("namespace", error),
        engine::Error::BadSelector { .. } => Fault::about("labelSelector", error),
        engine::Error::BadSince { .. } => Fault::about("since", error),
        engine::Error::BadObject { .. }
        | engine::Error::UnknownObject { .. }
        | engine::Error::ObjectUnknown { .. }
        | engine::Error::AmbiguousObject { .. } => Fault::about("object", error),
        engine::Error::Cluster(error) => crate::objects::cluster_fault(*error),
        other => Fault(other.to_string()),
    }
}

/// The report's document; what is `null` there is an empty list or missing here, as the schema says.
fn document(report: &Report) -> Map<String, Value> {
    let mut map = match serde_json::to_value(report) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    if map.get("results").is_none_or(Value::is_null) {
        map.insert("results".to_owned(), json!([]));
    }
    map.retain(|_, value| !value.is_null());
    map
}

/// The original's document: whole and indented, else whole on one line, else with what fits of its lists.
fn json(report: &Report, data: &Map<String, Value>, budget: usize) -> Result<String, Fault> {
    let failed = |error: serde_json::Error| Fault(error.to_string());
    let indented = render::json(report).map_err(failed)?;
    if indented.chars().count() <= budget {
        return Ok(indented);
    }
    let compact = serde_json::to_string(report).map_err(failed)?;
    if compact.chars().count() <= budget {
        return Ok(compact);
    }
    let mut map = data.clone();
    if report.errors.is_none() {
        map.insert("errors".to_owned(), Value::Null);
    }
    if report.results.is_none() {
        map.insert("results".to_owned(), Value::Null);
    }
    Ok(Value::Object(map).to_string())
}

/// Keeps what fits: first the details of each entry go, then entries, and what went is counted.
fn bounded(mut data: Map<String, Value>, budget: usize) -> Map<String, Value> {
    let mut left_out = Map::new();
    let lists = ["causes", "results"].map(|key| (key, data.remove(key).unwrap_or_else(|| json!([]))));
    let mut rest = Value::Object(data);
    shrink(&mut rest, budget / 4);
    let mut room = budget.saturating_sub(size(&rest) + 300);
    let Value::Object(mut data) = rest else { return Map::new() };
    // Causes may use up to three quarters, results what remains.
    for (share, (key, list)) in [(3, 4), (1, 1)].into_iter().zip(lists) {
        let Value::Array(items) = list else { continue };
        let budget = room * share.0 / share.1;
        let (mut items, details) = slimmed(items, budget);
        let fit = fitting(&items, budget);
        if fit < items.len() {
            left_out.insert(key.to_owned(), json!(items.len() - fit));
            items.truncate(fit);
        }
        if details {
            left_out.insert(format!("{key}_details"), json!("evidence, chains and commands are shortened"));
        }
        room = room.saturating_sub(items.iter().map(|item| size(item) + 2).sum());
        data.insert(key.to_owned(), Value::Array(items));
    }
    if !left_out.is_empty() {
        left_out.insert(
            "hint".to_owned(),
            json!("narrow by namespace, filters or labelSelector to see everything"),
        );
        data.insert("left_out".to_owned(), Value::Object(left_out));
    }
    data
}

/// Entries with as much detail as fits all of them, and whether any detail went.
fn slimmed(items: Vec<Value>, budget: usize) -> (Vec<Value>, bool) {
    if fitting(&items, budget) == items.len() {
        return (items, false);
    }
    let mut slim = Vec::new();
    for (entries, chars) in [(3, 400), (2, 250), (1, 200), (1, 120)] {
        slim = items.iter().map(|item| slim_entry(item, entries, chars)).collect();
        if fitting(&slim, budget) == slim.len() {
            break;
        }
    }
    (slim, true)
}

/// An entry with at most so many members of its lists, and so many characters in each text of them.
fn slim_entry(entry: &Value, entries: usize, chars: usize) -> Value {
    let mut entry = entry.clone();
    if let Some(map) = entry.as_object_mut() {
        map.remove("commands");
        map.remove("kubernetes_doc");
        for list in map.values_mut().filter_map(Value::as_array_mut) {
            list.truncate(entries);
            list.iter_mut().for_each(|item| shorten(item, chars));
        }
        shorten(map.get_mut("explanation").unwrap_or(&mut Value::Null), chars * 2);
        shorten(map.get_mut("details").unwrap_or(&mut Value::Null), chars * 2);
    }
    entry
}

fn shorten(value: &mut Value, chars: usize) {
    match value {
        Value::String(text) => *text = crate::text::cut(text, chars),
        Value::Object(map) => map.values_mut().for_each(|value| shorten(value, chars)),
        Value::Array(items) => items.iter_mut().for_each(|value| shorten(value, chars)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_report_is_cut_between_entries() {
        let entry = json!({ "kind": "Pod", "name": "n", "text": "x".repeat(300) });
        let data = json!({ "status": "ProblemDetected", "causes": vec![entry.clone(); 500], "results": vec![entry; 500] });
        let Value::Object(data) = data else { panic!() };
        let cut = bounded(data, 25_000);
        assert!(size(&Value::Object(cut.clone())) <= 25_000);
        let causes = cut["causes"].as_array().unwrap().len();
        assert!(causes > 20);
        assert_eq!(cut["left_out"]["causes"], json!(500 - causes));
    }
}
