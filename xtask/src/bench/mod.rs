//! `cargo xtask bench`: what a start, an analysis and the program itself cost, beside a peer if one is given.

mod measure;
mod scenario;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::cluster::{Cluster, ClusterGuard};
use crate::e2e::audit::{self, Request};
use crate::e2e::checks::say;
use crate::error::{Error, Result, write};
use measure::Start;
use table::Row;

/// How often everything is measured unless told otherwise.
const RUNS: usize = 11;

const MIB: f64 = 1024.0 * 1024.0;

struct Options {
    peer: Option<PathBuf>,
    runs: usize,
    out: Option<PathBuf>,
}

/// A program that is measured, and where it looks.
struct Subject<'a> {
    binary: PathBuf,
    home: &'a Path,
    cluster: &'a ClusterGuard,
}

/// What one round measured; none where the program has no such thing.
struct Sample {
    demo: Option<Start>,
    live: Option<Start>,
    analyze: Option<Duration>,
}

/// `cargo xtask bench [--peer PATH] [--runs N] [--out FILE]`.
pub(crate) fn command(args: &[String]) -> Result<()> {
    let options = parse(args)?;
    let binary = build()?;
    let Some(mut cluster) = Cluster::start()? else { return Ok(()) };
    scenario::create(&mut cluster)?;
    let home = TempDir::with_prefix("k8sgpt-bench-").map_err(Error::io("create a temporary folder"))?;
    let subject = |binary| Subject { binary, home: home.path(), cluster: &cluster };
    let subjects: Vec<Subject<'_>> =
        [Some(binary), options.peer].into_iter().flatten().map(subject).collect();
    let mut samples: Vec<Vec<Sample>> = subjects.iter().map(|_| Vec::new()).collect();
    for _ in 0..options.runs {
        // In turn, so that whatever else the machine does meets both.
        for (subject, samples) in subjects.iter().zip(&mut samples) {
            samples.push(subject.sample());
        }
    }
    let mut requests = Vec::new();
    for subject in &subjects {
        requests.push(subject.requests()?);
    }
    let rows = rows(&subjects, &samples, &requests)?;
    let mut report = table::render(&rows, subjects.len() > 1);
    report.push_str(&by_kind(requests.first().map_or(&[], Vec::as_slice)));
    if let Some(out) = options.out {
        write(&out, &report)?;
    }
    say(&report)?;
    let missed: Vec<&str> = rows.iter().filter(|row| !row.holds()).map(|row| row.name).collect();
    if missed.is_empty() { Ok(()) } else { Err(Error::Other(format!("not as asked: {}", missed.join(", ")))) }
}

impl Subject<'_> {
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(args).env("KUBECONFIG", self.cluster.kubeconfig());
        command.env("HOME", self.home).env("XDG_CONFIG_HOME", self.home).env("XDG_CACHE_HOME", self.home);
        command
    }

    fn sample(&self) -> Sample {
        Sample {
            demo: measure::start_to_tools(&mut self.command(&["serve", "--mcp", "--demo"])).ok(),
            live: measure::start_to_tools(&mut self.command(&["serve", "--mcp"])).ok(),
            analyze: measure::wall(&mut self.command(&["analyze", "-o", "json"])).ok(),
        }
    }

    /// The requests of one analysis, by the audit log.
    fn requests(&self) -> Result<Vec<Request>> {
        let Some(log) = self.cluster.audit_log() else { return Ok(Vec::new()) };
        let mark = audit::mark(log)?;
        measure::wall(&mut self.command(&["analyze", "-o", "json"]))?;
        audit::requests(log, mark)
    }
}

fn rows(subjects: &[Subject<'_>], samples: &[Vec<Sample>], requests: &[Vec<Request>]) -> Result<Vec<Row>> {
    let both = |measured: &dyn Fn(usize) -> Option<f64>| {
        [0, 1].map(|at| (at < subjects.len()).then(|| measured(at))?)
    };
    let of = |at: usize| samples.get(at).map(Vec::as_slice).unwrap_or_default().iter();
    let millis = |time: Option<Duration>| time.map(|time| time.as_secs_f64() * 1000.0);
    let mib = |bytes: Option<u64>| bytes.map(|bytes| bytes as f64 / MIB);
    let demo = |at| of(at).filter_map(|sample| sample.demo);
    let live = |at| of(at).filter_map(|sample| sample.live);
    let to_tools = |start: Start| start.to_tools;
    let resident = |start: Start| start.resident;
    let mut sizes = Vec::new();
    for subject in subjects {
        let what = format!("read {}", subject.binary.display());
        sizes.push(std::fs::metadata(&subject.binary).map_err(Error::io(what))?.len());
    }
    let row = |name, unit, limit, values| Row { name, unit, limit, values };
    Ok(vec![
        row(
            "demo: start to tools/list",
            "ms",
            Some(30.0),
            both(&|at| millis(measure::median(demo(at).map(to_tools)))),
        ),
        row(
            "demo: memory at rest",
            "MiB",
            Some(25.0),
            both(&|at| mib(measure::median(demo(at).map(resident)))),
        ),
        row(
            "cluster: start to tools/list",
            "ms",
            Some(30.0),
            both(&|at| millis(measure::median(live(at).map(to_tools)))),
        ),
        row(
            "cluster: memory at rest",
            "MiB",
            Some(25.0),
            both(&|at| mib(measure::median(live(at).map(resident)))),
        ),
        row(
            "analyze, 60 pods",
            "ms",
            Some(300.0),
            both(&|at| millis(measure::median(of(at).filter_map(|sample| sample.analyze)))),
        ),
        row(
            "analyze, 60 pods: API requests",
            "",
            None,
            both(&|at| requests.get(at).map(|all| all.len() as f64)),
        ),
        row("size of the program", "MiB", Some(40.0), both(&|at| mib(sizes.get(at).copied()))),
    ])
}

/// How often each kind was asked for in one analysis.
fn by_kind(requests: &[Request]) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for request in requests {
        let resource = if request.resource.is_empty() { &request.uri } else { &request.resource };
        *counts.entry(format!("{} {resource}", request.verb)).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(what, count)| format!("{what}: {count}")).collect();
    format!("\nRequests of one analysis: {}\n", counts.join(", "))
}

/// The stripped release binary, built if it is out of date.
fn build() -> Result<PathBuf> {
    crate::e2e::build("release")
}

fn parse(args: &[String]) -> Result<Options> {
    let mut options = Options { peer: None, runs: RUNS, out: None };
    let mut args = args.iter();
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| Error::Other(format!("{name} wants a value")))?;
        match name.as_str() {
            "--peer" => options.peer = Some(value.into()),
            "--out" => options.out = Some(value.into()),
            "--runs" => {
                options.runs = value
                    .parse()
                    .map_err(|_| Error::Other(format!("--runs wants a number, got {value:?}")))?;
            }
            _ => return Err(Error::Other(format!("{name}: unknown option"))),
        }
    }
    Ok(options)
}
