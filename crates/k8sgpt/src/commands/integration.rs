//! `integration list|activate|deactivate`.

use crate::cli::{Form, Global, IntegrationArgs, IntegrationCommand};
use crate::failure::Failure;
use crate::{print, source};
use engine::config::ConfigFile;
use engine::integrations::{self, Integration};
use std::fmt::Write as _;

/// Runs the command.
pub fn run(global: &Global, args: IntegrationArgs) -> Result<(), Failure> {
    let file = source::config(global);
    match args.command {
        None => super::help(Some("integration")),
        Some(IntegrationCommand::List { output }) => {
            let known = integrations::list(&file.load()?);
            print::out(&if output == Form::Text { text(&known) } else { json(&known) })
        }
        Some(IntegrationCommand::Activate(args)) => activate(&file, &args.name),
        Some(IntegrationCommand::Deactivate(args)) => deactivate(&file, &args.name),
    }
}

fn text(known: &[Integration]) -> String {
    let mut text = String::new();
    for (title, active) in [("Active:", true), ("Unused:", false)] {
        let _ = writeln!(text, "{title}");
        for integration in known.iter().filter(|integration| integration.active == active) {
            let _ = writeln!(text, "> {}", integration.name);
        }
    }
    text
}

fn json(known: &[Integration]) -> String {
    let list: Vec<_> = known
        .iter()
        .map(|i| serde_json::json!({ "name": i.name, "active": i.active, "filters": i.filters }))
        .collect();
    format!("{:#}", serde_json::Value::from(list))
}

fn activate(file: &ConfigFile, name: &str) -> Result<(), Failure> {
    let (name, outcome) = integrations::activate(file, name)?;
    warn(outcome.note);
    if outcome.added.is_empty() {
        print::note(&format!("Integration {name} is active already: {}", outcome.already.join(", ")));
        return Ok(());
    }
    print::out(&format!(
        "Integration {name} activated: {} added to the active filters",
        outcome.added.join(", ")
    ))
}

fn deactivate(file: &ConfigFile, name: &str) -> Result<(), Failure> {
    let (name, outcome) = integrations::deactivate(file, name)?;
    warn(outcome.note);
    let removed = outcome.added.join(", ");
    print::out(&format!("Integration {name} deactivated: {removed} removed from the active filters"))
}

fn warn(note: Option<String>) {
    if let Some(note) = note {
        print::note(&format!("Warning: {note}"));
    }
}
