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
        Form::Text => print::out(&text(&list)),
        Form::Json => {
            let json = serde_json::json!({
                "active": list.active,
                "unused": list.unused,
                "core": list.core,
                "additional": list.additional,
                "integrations": list.integrations,
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
            let mark = if list.integrations.contains(name) { " (integration)" } else { "" };
            let _ = writeln!(text, "> {name}{mark}");
        }
    }
    text
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
