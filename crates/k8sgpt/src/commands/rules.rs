//! `rules list|show`.

use crate::cli::{Form, RulesArgs, RulesCommand};
use crate::failure::Failure;
use crate::print;
use engine::rules::{self, RuleInfo};
use std::fmt::Write as _;

/// Runs the command.
pub fn run(args: RulesArgs) -> Result<(), Failure> {
    match args.command {
        None => super::help(Some("rules")),
        Some(RulesCommand::List { output: Form::Text }) => print::out(&table(&rules::list())),
        Some(RulesCommand::List { output: Form::Json }) => print::out(&json(&rules::list())?),
        Some(RulesCommand::Show { id, output }) => {
            let page = rules::find(&id).map_err(|error| Failure::Failed(error.to_string()))?;
            match output {
                Form::Text => print::out(&page.markdown),
                Form::Json => print::out(&json(&page)?),
            }
        }
    }
}

fn json(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string_pretty(value)
        .map_err(|error| Failure::Failed(format!("the rules cannot be written: {error}")))
}

fn table(rules: &[RuleInfo]) -> String {
    let rows: Vec<[String; 5]> =
        std::iter::once(["RULE", "SEVERITY", "SPEAKS", "FILTER", "FINDS"].map(str::to_owned))
            .chain(rules.iter().map(row))
            .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..4).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(out, "{cell:width$}  ");
        }
        let _ = writeln!(out, "{}", row[4]);
    }
    out
}

fn row(rule: &RuleInfo) -> [String; 5] {
    let filter = if rule.filter.is_empty() { "-" } else { rule.filter };
    let severity = format!("{:?}", rule.severity).to_lowercase();
    [rule.id.to_owned(), severity, rule.speaks.to_owned(), filter.to_owned(), rule.title.to_owned()]
}
