//! Every rule on a real API server: a failing case of its fixture is planted, and the program must find it.
//!
//! The API server is alone, so that nothing repairs what is planted, and the clock of the analysis is ahead, so
//! that new objects look as old as the fixture's.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::api::Api;
use super::checks::{self, Checks};
use super::fixtures::{self, Case};
use super::plant::{self, Planted};
use super::program::{self, Program};
use crate::cluster::ClusterGuard;
use crate::error::{Error, Result};

/// Rules whose fault this API server refuses to take, and why such objects exist nevertheless.
const REFUSED: &[(&str, &str)] = &[
    ("cronjob/invalid-schedule", "checked on creation; older servers took more forms"),
    ("cronjob/negative-deadline", "checked on creation since 1.21; older objects may carry it"),
];

/// A check for each rule.
pub(crate) fn run(checks: &mut Checks, program: &Program, cluster: &ClusterGuard, only: &str) -> Result<()> {
    let api = Api::open(cluster)?;
    let filters = every_filter(program)?;
    for (id, path) in fixtures::rules()? {
        if id.contains(only) {
            checks.report(&format!("rule {id}"), rule(&api, program, &filters, &id, &path))?;
        }
    }
    Ok(())
}

/// The names of all filters, those that are not active too.
fn every_filter(program: &Program) -> Result<String> {
    let listed = program.run(&["filters", "list"])?;
    let names = listed.stdout.lines().filter_map(|line| line.strip_prefix("> ")).map(str::trim);
    let names: Vec<&str> = names.collect();
    checks::expect(names.len() > 10, || format!("filters list names {names:?}"))?;
    Ok(names.join(","))
}

fn rule(api: &Api, program: &Program, filters: &str, id: &str, path: &Path) -> Result<String> {
    let refused = REFUSED.iter().find(|(rule, _)| *rule == id);
    let mut why = String::new();
    for case in fixtures::failing(path)? {
        let mut planted = Planted::default();
        let done = plant::plant(api, case.dated(), &mut planted);
        let outcome = match (done, refused) {
            (Err(error), _) => Err(error.to_string()),
            (Ok(()), Some((_, reason))) => Ok(Err(Error::Other(format!(
                "case {:?} was taken, though this is said to be impossible: {reason}",
                case.title
            )))),
            (Ok(()), None) => Ok(found(program, filters, id, &case)),
        };
        plant::clear(api, &planted)?;
        match outcome {
            Ok(outcome) => return outcome,
            Err(refusal) => why = refusal,
        }
    }
    match refused {
        Some((_, reason)) => Ok(format!("the API server refuses it ({reason}): {why:.160}")),
        None => Err(Error::Other(format!("no case could be planted, the last one for: {why}"))),
    }
}

/// Analyses what is planted: the rule must say its sentence.
fn found(program: &Program, filters: &str, id: &str, case: &Case) -> Result<String> {
    let mut command: Command = program.command(&["analyze", "--all", "-o", "json", "--filter", filters]);
    command.env("K8SGPT_CLOCK_SKEW_SECONDS", case.skew().as_secs().to_string());
    let report = program::json_of(&program.finish(&mut command)?)?;
    let results = || report["results"].as_array().into_iter().flatten();
    let of_rule: Vec<&str> = results().filter(|result| result["rule"] == id).filter_map(text).collect();
    let title = &case.title;
    checks::expect(!of_rule.is_empty(), || {
        let others: Vec<String> = results().map(|result| format!("{}", result["rule"])).collect();
        format!("case {title:?} is not found; found are {others:?}")
    })?;
    let same = case.sentences.iter().filter(|sentence| of_rule.contains(&sentence.as_str())).count();
    let expected = case.sentences.len();
    checks::expect(same == expected, || {
        format!(
            "case {title:?}: {same} of {expected} sentences are as in the fixture: {of_rule:?} instead of {:?}",
            case.sentences
        )
    })?;
    Ok(title.clone())
}

fn text(result: &Value) -> Option<&str> {
    result["error"][0]["Text"].as_str()
}
