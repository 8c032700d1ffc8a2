//! Every rule on a real API server: a failing case of its fixture is planted, and the program must find it.
//!
//! The API server is alone, so that nothing repairs what is planted, and the clock of the analysis is ahead, so
//! that new objects look as old as the fixture's.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::api::Api;
use super::checks::{self, Checks};
use super::fill;
use super::fixtures::{self, Case};
use super::plant::{self, Planted};
use super::program::{self, Program};
use crate::cluster::ClusterGuard;
use crate::error::{Error, Result};

/// Why objects of a cloud are no objects of an API server.
const IN_AWS: &str = "these objects are in AWS; crates/k8sgpt/tests/it/eks.rs has a stand-in for it";

/// Rules whose fault this API server refuses to take, and why such objects exist nevertheless.
const REFUSED: &[(&str, &str)] = &[
    ("cronjob/invalid-schedule", "checked on creation; older servers took more forms"),
    ("cronjob/negative-deadline", "checked on creation since 1.21; older objects may carry it"),
    ("eks/cluster-health", IN_AWS),
    ("eks/cluster-status", IN_AWS),
    ("eks/nodegroup-health", IN_AWS),
    ("eks/nodegroup-status", IN_AWS),
    ("eks/nodegroup-version", IN_AWS),
];

/// Folders of rules without a filter: what they find is reported where it explains something else, which not
/// every case of a fixture has.
const ONLY_CAUSES: [&str; 2] = ["secret/", "serviceaccount/"];

/// Why the server does not keep a status.
const OWN_STATUS: &str = "the API server writes the status itself, after what it sees";

/// Rules whose failing cases, apart from the one that is planted for the rule, no server can show.
const NOT_AS_WRITTEN: [(&str, &str); 3] = [
    ("apiservice/unavailable", OWN_STATUS),
    ("customresourcedefinition/not-established", OWN_STATUS),
    ("ingress/duplicate-path", "it depends on which one is older, and all are created in one second"),
];

/// Folders of rules that find nothing without a kubelet, who has the logs.
const LOGS: &str = "log/";

/// The filter that asks AWS, where nothing is planted.
const EKS: &str = "EKS";

/// Which cases of the fixtures are planted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The first one of each rule that the server takes.
    First,
    /// All that the server takes, the healthy ones too.
    Every,
}

/// A check for each rule whose id holds `only`.
pub(crate) fn run(
    checks: &mut Checks,
    program: &Program,
    cluster: &ClusterGuard,
    extent: Extent,
    only: &str,
) -> Result<()> {
    let api = Api::open(cluster)?;
    let ground = Ground { filters: program.filters(&[EKS])?, api, program };
    for (id, path) in fixtures::rules()? {
        if id.contains(only) && !id.starts_with(LOGS) {
            checks.report(&format!("rule {id}"), ground.rule(&id, &path))?;
            if extent == Extent::Every {
                ground.every(checks, &id, &path)?;
            }
        }
    }
    Ok(())
}

/// Where cases are planted, and who must find them.
struct Ground<'a> {
    api: Api,
    program: &'a Program,
    filters: String,
}

/// What became of a case.
enum Fate {
    /// The API server does not take it, for this reason.
    Refused(String),
    /// It was planted and analysed.
    Seen(Result<String>),
}

impl Ground<'_> {
    /// The first failing case that the server takes.
    fn rule(&self, id: &str, path: &Path) -> Result<String> {
        let refused = REFUSED.iter().find(|(rule, _)| *rule == id);
        let mut why = String::new();
        for case in fixtures::cases(path)?.into_iter().filter(|case| !case.is_healthy()) {
            match (self.plant(id, &case)?, refused) {
                (Fate::Refused(refusal), _) => why = refusal,
                (Fate::Seen(outcome), None) => return outcome.map_err(|error| after(&why, error)),
                (Fate::Seen(_), Some((_, reason))) => {
                    let title = &case.title;
                    return Err(Error::Other(format!(
                        "case {title:?} was taken, though this is said to be impossible: {reason}"
                    )));
                }
            }
        }
        match refused {
            Some((_, reason)) => Ok(format!("the API server refuses it ({reason}): {why:.160}")),
            None => Err(Error::Other(format!("no case could be planted, the last one for: {why}"))),
        }
    }

    /// All cases that can be planted, one check each.
    fn every(&self, checks: &mut Checks, id: &str, path: &Path) -> Result<()> {
        let mut hidden = ONLY_CAUSES.iter().any(|folder| id.starts_with(folder));
        if let Some((_, why)) = NOT_AS_WRITTEN.iter().find(|(rule, _)| *rule == id) {
            checks::say(&format!("      {id}: healthy cases only: {why}"))?;
            hidden = true;
        }
        let shown = |case: &Case| case.is_storable() && (case.is_healthy() || !hidden);
        for case in fixtures::cases(path)?.into_iter().filter(shown) {
            if let Fate::Seen(outcome) = self.plant(id, &case)? {
                checks.report(&format!("case {id}: {}", case.title), outcome.map(|_| String::new()))?;
            }
        }
        Ok(())
    }

    fn plant(&self, id: &str, case: &Case) -> Result<Fate> {
        let case = &case.dated();
        let mut objects = case.objects.clone();
        if !id.starts_with("node/") {
            objects.extend(fill::nodes(&objects));
        }
        let mut planted = Planted::default();
        let fate = match plant::plant(&self.api, objects, &mut planted) {
            Err(refusal) => Fate::Refused(refusal.to_string()),
            Ok(()) => Fate::Seen(found(self.program, &self.filters, id, case)),
        };
        plant::clear(&self.api, &planted)?;
        Ok(fate)
    }
}

/// An error with the refusal of the cases before.
fn after(refusal: &str, error: Error) -> Error {
    if refusal.is_empty() { error } else { Error::Other(format!("{error}; an earlier case: {refusal}")) }
}

/// Analyses what is planted: the rule must say its sentences, or nothing where all is well.
fn found(program: &Program, filters: &str, id: &str, case: &Case) -> Result<String> {
    let mut command: Command = program.command(&["analyze", "--all", "-o", "json", "--filter", filters]);
    command.env("K8SGPT_CLOCK_SKEW_SECONDS", case.skew().as_secs().to_string());
    let report = program::json_of(&program.finish(&mut command)?)?;
    let results = || report["results"].as_array().into_iter().flatten();
    let said: Vec<String> = results().flat_map(texts).map(without_ages).collect();
    let missing = |sentence: &&String| !said.contains(&without_ages(sentence));
    let missing: Vec<&String> = case.sentences.iter().filter(missing).collect();
    let rules: Vec<String> = rules_of(&report);
    // Where several rules speak about one object, its result names the first; the sentences tell.
    let speaks = rules.iter().any(|rule| rule == id) || (missing.is_empty() && !case.sentences.is_empty());
    checks::expect(missing.is_empty() && speaks != case.is_healthy(), || {
        let (title, partial) = (&case.title, &report["not_checked"]);
        format!("case {title:?}: not said is {missing:?}, but {said:?}, by {rules:?}, not checked {partial}")
    })?;
    Ok(case.title.clone())
}

/// The rules behind everything that is reported, as a cause or as what a cause explains. An object is one
/// result, whose `rule` is that of the first thing said about it.
fn rules_of(report: &Value) -> Vec<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let causes = list(&report["causes"]);
    let explained = causes.iter().flat_map(|cause| list(&cause["explains"]));
    let all = list(&report["results"]).into_iter().chain(explained).chain(causes.clone());
    let mut rules: Vec<String> = all.filter_map(|one| one["rule"].as_str().map(str::to_owned)).collect();
    rules.sort();
    rules.dedup();
    rules
}

/// Everything that is said about an object.
fn texts(result: &Value) -> impl Iterator<Item = &str> {
    result["error"].as_array().into_iter().flatten().filter_map(|error| error["Text"].as_str())
}

/// A sentence with every age (`30m`, `2h`) alike: the server dates what is created and deleted itself.
fn without_ages(sentence: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches([':', ',']);
        let digits = bare.trim_end_matches(['s', 'm', 'h', 'd']);
        let age =
            digits.len() < bare.len() && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        if age { "AGE".to_owned() } else { word.to_owned() }
    };
    sentence.split(' ').map(word).collect::<Vec<_>>().join(" ")
}
