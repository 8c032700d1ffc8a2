//! `filters list|add|remove`.

use crate::cli::{FiltersArgs, FiltersCommand, Form, Global};
use crate::failure::Failure;
use crate::{print, source};
use engine::config::ConfigFile;
use engine::filters::{self, FilterList, Outcome};
use std::fmt::Write as _;

/// Runs the command.
pub fn run(global: &Global, args: FiltersArgs) -> Result<(), Failure> {
    let file = source::config(global);
    match args.command {
        None => super::help(Some("filters")),
        Some(FiltersCommand::List { output }) => list(&file, output),
        Some(FiltersCommand::Add { names }) => add(&file, &names),
        Some(FiltersCommand::Remove { names }) => remove(&file, &names),
    }
}

fn list(file: &ConfigFile, form: Form) -> Result<(), Failure> {
    let list = filters::list(&file.load()?);
    for warning in &list.warnings {
        print::note(&format!("Warning: {warning}"));
    }
    match form {
        Form::Text => print::out(&(text(&list) + &because(file, &list))),
        Form::Json => {
            let json = serde_json::json!({
                "active": list.active,
                "unused": list.unused,
                "core": list.core,
                "additional": list.additional,
                "further": list.further,
                "integrations": list.integrations,
                "custom": list.custom,
                "why": list.why,
            });
            print::out(&format!("{json:#}"))
        }
    }
}

fn text(list: &FilterList) -> String {
    let mut text = String::new();
    for (title, names) in [("Active:", &list.active), ("Unused:", &list.unused)] {
        let _ = writeln!(text, "{title}");
        for name in names {
            let integration = list.integrations.contains(name).then_some("integration");
            let optional = list.why.get(name).is_some_and(|why| why.ends_with("serves it"));
            let optional = optional.then_some("where the cluster serves it");
            let custom = list.custom.contains(name).then_some("custom");
            let marks: Vec<&str> = integration.into_iter().chain(optional).chain(custom).collect();
            let marks = if marks.is_empty() { String::new() } else { format!(" ({})", marks.join(", ")) };
            let _ = writeln!(text, "> {name}{marks}");
        }
    }
    text
}

/// Why the active ones are active.
fn because(file: &ConfigFile, list: &FilterList) -> String {
    let chosen = list.why.values().any(|why| why.starts_with("chosen"));
    if !chosen {
        return "The active ones run by default; `k8sgpt filters add` and `remove` choose others.\n"
            .to_owned();
    }
    match file.filters_overridden() {
        true => "The active ones are chosen by the variable K8SGPT_ACTIVE_FILTERS.\n".to_owned(),
        false => format!("The active ones are chosen by active_filters in {}.\n", file.path().display()),
    }
}

fn add(file: &ConfigFile, names: &[String]) -> Result<(), Failure> {
    let Outcome { added, already, note } = filters::add(file, names)?;
    if !already.is_empty() {
        print::note(&format!("{} already active: {}", plural(&already), already.join(", ")));
    }
    if added.iter().any(|name| name == "Log") {
        print::note("Warning: the filter Log reads logs, which may hold sensitive data");
    }
    tell(note);
    if added.is_empty() {
        Ok(())
    } else {
        print::out(&format!("{} {} added", plural(&added), added.join(", ")))
    }
}

fn remove(file: &ConfigFile, names: &[String]) -> Result<(), Failure> {
    let Outcome { added: removed, note, .. } = filters::remove(file, names)?;
    tell(note);
    print::out(&format!("{} {} removed", plural(&removed), removed.join(", ")))
}

fn tell(note: Option<String>) {
    if let Some(note) = note {
        print::note(&format!("Warning: {note}"));
    }
}

fn plural(names: &[String]) -> &'static str {
    if names.len() == 1 { "Filter" } else { "Filters" }
}
