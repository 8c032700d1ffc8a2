//! `integration list`, and how an integration is activated.

use crate::cli::{Form, Global, IntegrationArgs, IntegrationCommand};
use crate::failure::Failure;
use crate::{print, source};
use engine::filters;
use engine::integrations::{self, Integration};
use std::fmt::Write as _;

/// Runs the command.
pub fn run(global: &Global, args: IntegrationArgs) -> Result<(), Failure> {
    let config = source::config(global).load()?;
    let known = integrations::list(&config);
    match args.command {
        None => super::help(Some("integration")),
        Some(IntegrationCommand::List { output: Form::Text }) => print::out(&text(&known)),
        Some(IntegrationCommand::List { output: Form::Json }) => print::out(&json(&known)),
        Some(IntegrationCommand::Activate(args)) => Err(explain(&known, &args.name, "add", &config)),
        Some(IntegrationCommand::Deactivate(args)) => Err(explain(&known, &args.name, "remove", &config)),
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

/// Nothing is installed or removed from here; filters are what activates an integration.
fn explain(known: &[Integration], name: &str, verb: &str, config: &engine::config::Config) -> Failure {
    let Some(integration) = known.iter().find(|i| i.name.eq_ignore_ascii_case(name)) else {
        let names: Vec<&str> = known.iter().map(|integration| integration.name).collect();
        return Failure::Failed(format!(
            "integration {name:?} does not exist; integrations are {}",
            names.join(", ")
        ));
    };
    let list = filters::list(config);
    let here: Vec<&str> = integration
        .filters
        .iter()
        .copied()
        .filter(|filter| list.integrations.iter().any(|known| known == filter))
        .collect();
    let how = if here.is_empty() {
        format!("its filters ({}) are not in this version", integration.filters.join(", "))
    } else {
        format!("run `k8sgpt filters {verb} {}` instead", here.join(","))
    };
    Failure::Failed(format!(
        "integration {}: nothing is installed in or removed from a cluster by this program; {how}",
        integration.name
    ))
}
