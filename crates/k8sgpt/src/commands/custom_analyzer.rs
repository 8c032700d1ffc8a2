//! `custom-analyzer add|list|remove`.

use crate::cli::{CustomAnalyzerArgs, CustomAnalyzerCommand, Form, Global};
use crate::failure::Failure;
use crate::{print, runtime, source};
use engine::config::{ConfigFile, CustomAnalyzer};
use engine::custom;
use std::fmt::Write as _;

/// Runs the command.
pub fn run(global: &Global, args: CustomAnalyzerArgs) -> Result<(), Failure> {
    let file = source::config(global);
    match args.command {
        None => super::help(Some("custom-analyzer")),
        Some(CustomAnalyzerCommand::Add(args)) => {
            let analyzer = CustomAnalyzer {
                name: args.name,
                url: args.url,
                port: args.port,
                token_file: args.token_file.map(absolute),
                token_env: args.token_env,
                ca_file: args.ca_file.map(absolute),
            };
            add(&file, &analyzer)
        }
        Some(CustomAnalyzerCommand::List { details, output }) => {
            let all = file.load()?.custom_analyzers;
            print::out(&if output == Form::Text { text(&all, details) } else { json(&all) })
        }
        Some(CustomAnalyzerCommand::Remove { names }) => {
            let removed = custom::remove(&file, &names)?;
            print::out(&format!("{} {} removed", plural(&removed), removed.join(", ")))
        }
    }
}

/// A path as it is meant here: what stands in the configuration file is relative to that file.
fn absolute(path: String) -> String {
    std::path::absolute(&path).map(|path| path.to_string_lossy().into_owned()).unwrap_or(path)
}

fn add(file: &ConfigFile, analyzer: &CustomAnalyzer) -> Result<(), Failure> {
    custom::add(file, analyzer)?;
    let runtime = runtime::start()?;
    let probed = runtime.block_on(custom::probe(file, analyzer));
    runtime.shutdown_background();
    let name = &analyzer.name;
    match probed {
        Ok(()) => print::note(&format!("{name} can be reached")),
        Err(failure) => print::note(&format!("Warning: it is saved, but {failure}")),
    }
    print::out(&format!("Custom analyzer {name} added; `k8sgpt analyze --filter {name}` asks it"))
}

fn text(all: &[CustomAnalyzer], details: bool) -> String {
    let mut text = String::from("Active:\n");
    for analyzer in all {
        let _ = writeln!(text, "> {}", analyzer.name);
        if details {
            let _ = writeln!(text, "   - Url: {}\n   - Port: {}", shown(&analyzer.url), analyzer.port);
            for (what, value) in further(analyzer) {
                let _ = writeln!(text, "   - {what}: {value}");
            }
        }
    }
    text
}

fn further(analyzer: &CustomAnalyzer) -> impl Iterator<Item = (&'static str, &str)> {
    let all = [
        ("Token file", &analyzer.token_file),
        ("Token variable", &analyzer.token_env),
        ("CA file", &analyzer.ca_file),
    ];
    all.into_iter().filter_map(|(what, value)| Some((what, value.as_deref()?)))
}

fn json(all: &[CustomAnalyzer]) -> String {
    let entry = |analyzer: &CustomAnalyzer| {
        let connection = serde_json::json!({ "url": shown(&analyzer.url), "port": analyzer.port });
        let mut entry = serde_json::json!({ "name": analyzer.name, "connection": connection });
        for (key, value) in [
            ("token_file", &analyzer.token_file),
            ("token_env", &analyzer.token_env),
            ("ca_file", &analyzer.ca_file),
        ] {
            if let Some(value) = value {
                entry[key] = value.as_str().into();
            }
        }
        entry
    };
    format!("{:#}", serde_json::Value::from(all.iter().map(entry).collect::<Vec<_>>()))
}

/// A URL without user and password, whoever wrote it into the file.
fn shown(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((before, host)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
        }
        None => url.to_owned(),
    }
}

fn plural(names: &[String]) -> &'static str {
    if names.len() == 1 { "Custom analyzer" } else { "Custom analyzers" }
}
