//! What an analysis costs and touches: no false alarm on a fresh cluster, each list once, nothing written.

use std::path::Path;

use super::checks::{self, Checks};
use super::program::Program;
use super::{audit, checks::expect};
use crate::error::{Error, Result};

/// On a cluster that nobody has used, nothing is wrong.
pub(crate) fn fresh(checks: &mut Checks, program: &Program) -> Result<()> {
    let silent = |args: &[&str]| {
        let report = program.json(args)?;
        let empty = |key: &str| report[key].is_null() || report[key].as_array().is_some_and(Vec::is_empty);
        let good = report["problems"] == 0 && empty("results") && empty("errors") && empty("not_checked");
        expect(good, || format!("{report:.1500}"))?;
        Ok(format!("{} objects, {} requests", report["run"]["objects"], report["run"]["requests"]))
    };
    checks.report("fresh cluster: no false alarm", silent(&["analyze", "-o", "json"]))?;
    checks.report("fresh cluster: no false alarm with --all", silent(&["analyze", "--all", "-o", "json"]))?;
    // Advice is no alarm, and AWS has no such cluster.
    let filters = program.filters(&["Security", "Log", "EKS"])?;
    let all = ["analyze", "--all", "-o", "json", "--filter", &filters];
    checks.report("fresh cluster: no false alarm with every filter", silent(&all))
}

/// An analysis asks for each page of each list once.
pub(crate) fn once(checks: &mut Checks, program: &Program, log: Option<&Path>) -> Result<()> {
    let Some(log) = log else { return skipped("counting requests") };
    let counted = || {
        let mark = audit::mark(log)?;
        let report = program.json(&["analyze", "-o", "json"])?;
        let requests = audit::requests(log, mark)?;
        let lists = audit::lists(&requests);
        let often: Vec<_> = lists.iter().filter(|(_, count)| **count != 1).collect();
        expect(lists.len() > 10 && often.is_empty(), || {
            format!("lists asked for more than once: {often:?}")
        })?;
        let logs = requests.iter().filter(|request| request.resource == "pods/log").count();
        let (all, said) = (requests.len(), &report["run"]["requests"]);
        expect(said == all, || format!("the report counts {said} requests, the audit log {all}"))?;
        Ok(format!("{all} requests: {} lists, {logs} logs, {} others", lists.len(), all - lists.len() - logs))
    };
    checks.report("analyze asks for each list once", counted())
}

/// The audit log knows of nothing but reading.
pub(crate) fn read_only(checks: &mut Checks, log: Option<&Path>) -> Result<()> {
    let Some(log) = log else { return skipped("looking for writes") };
    let only_reads = || {
        let requests = audit::requests(log, 0)?;
        let wrote = requests.iter().filter(|request| !request.reads());
        let wrote: Vec<String> = wrote.map(|request| format!("{} {}", request.verb, request.uri)).collect();
        expect(requests.len() > 100 && wrote.is_empty(), || format!("of {}: {wrote:?}", requests.len()))?;
        Ok(format!("{} requests in the audit log", requests.len()))
    };
    checks.report("the program only reads", only_reads())
}

/// No value of a Secret was said anywhere.
pub(crate) fn secrets(checks: &mut Checks, program: &Program) -> Result<()> {
    let heard = program.heard();
    let outcome = match heard.leaks.is_empty() {
        true => Ok(format!("{} texts searched", heard.texts)),
        false => Err(Error::Other(format!("secret values in: {:?}", heard.leaks))),
    };
    checks.report("no secret value is said", outcome)
}

fn skipped(what: &str) -> Result<()> {
    checks::say(&format!("SKIPPED {what}: this cluster's audit log cannot be read"))
}
