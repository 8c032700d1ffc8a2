//! Recording: a group of scenarios is planted on a real cluster, given time, and captured as one snapshot.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::scenario::{self, Scenario, Wait};
use crate::error::{Error, Result};
use crate::kubectl::Kubectl;
use crate::{e2e, process};

/// Seconds in which what a scenario waits for must come true.
const PATIENCE: Duration = Duration::from_secs(300);

/// What a recording can be told.
pub(crate) struct Options {
    kubeconfig: Option<PathBuf>,
    only: Option<String>,
    program: Option<PathBuf>,
    settle: Duration,
}

impl Options {
    /// Reads the options of the command line. Six minutes let back-offs and deadlines grow, and are past every
    /// grace period of the rules.
    pub(crate) fn parse(args: &[String]) -> Result<Self> {
        let mut options =
            Options { kubeconfig: None, only: None, program: None, settle: Duration::from_secs(390) };
        let mut args = args.iter();
        while let Some(name) = args.next() {
            let value = args.next().ok_or_else(|| Error::Other(format!("{name} wants a value")))?;
            match name.as_str() {
                "--kubeconfig" => options.kubeconfig = Some(value.into()),
                "--only" => options.only = Some(value.clone()),
                "--program" => options.program = Some(value.into()),
                "--settle" => {
                    let seconds = value.parse().map_err(|_| Error::Other(format!("--settle: {value:?}")))?;
                    options.settle = Duration::from_secs(seconds);
                }
                _ => return Err(Error::Other(format!("{name}: unknown option; {}", super::USAGE))),
            }
        }
        Ok(options)
    }
}

/// Records every group, or the one that was named.
pub(crate) fn record(options: &Options) -> Result<()> {
    let binary = options.program.clone().map_or_else(|| e2e::build("dev"), Ok)?;
    let kubectl = Kubectl::new(options.kubeconfig.clone());
    for group in scenario::groups(&super::root())? {
        let name = group.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if options.only.as_ref().is_none_or(|only| *only == name) {
            let scenarios = scenario::scenarios(&group)?;
            eprintln!("{name}: {} scenarios", scenarios.len());
            let out = super::root().join("recordings").join(format!("{name}.tar.gz"));
            let planted =
                plant(&kubectl, &scenarios, options.settle).and_then(|()| save(&binary, options, &out));
            clear(&kubectl, &scenarios);
            planted?;
        }
    }
    Ok(())
}

fn plant(kubectl: &Kubectl, scenarios: &[Scenario], settle: Duration) -> Result<()> {
    for scenario in scenarios {
        scenario.namespace().iter().chain(&scenario.objects).try_for_each(|o| apply(kubectl, scenario, o))?;
    }
    scenarios.iter().try_for_each(|scenario| wait(kubectl, &scenario.name, &scenario.first))?;
    for scenario in scenarios {
        scenario.changes.iter().try_for_each(|object| apply(kubectl, scenario, object))?;
        for object in &scenario.deletes {
            let mut args = vec!["delete", "-n", &scenario.name, "--wait=false"];
            args.extend(object.split_whitespace());
            kubectl.run(&args)?;
        }
    }
    eprintln!("  planted; giving them {} s", settle.as_secs());
    std::thread::sleep(settle);
    scenarios.iter().try_for_each(|scenario| wait(kubectl, &scenario.name, &scenario.state))
}

/// Applies an object, and its status where it brings one: nothing else writes those of custom resources.
fn apply(kubectl: &Kubectl, scenario: &Scenario, object: &Value) -> Result<()> {
    let mut file = tempfile::NamedTempFile::new().map_err(Error::io("create a temporary file"))?;
    write!(file, "{object}").map_err(Error::io("write a temporary file"))?;
    let path = file.path().display().to_string();
    let space = namespace_of(object, scenario);
    let base = ["apply", "--server-side", "--force-conflicts", "--validate=warn", "-n", space, "-f", &path];
    // A type that was just defined is served a moment later.
    let started = Instant::now();
    while let Err(error) = kubectl.run(&base) {
        if started.elapsed() > Duration::from_secs(20) {
            return Err(Error::Other(format!("{}: {error}", scenario.name)));
        }
        std::thread::sleep(Duration::from_millis(500));
    }
    if object["status"].is_object() {
        let args: Vec<&str> = base.iter().copied().chain(["--subresource=status"]).collect();
        kubectl.run(&args)?;
    }
    Ok(())
}

fn namespace_of<'a>(object: &'a Value, scenario: &'a Scenario) -> &'a str {
    object["metadata"]["namespace"].as_str().unwrap_or(&scenario.name)
}

fn wait(kubectl: &Kubectl, name: &str, waits: &[Wait]) -> Result<()> {
    let started = Instant::now();
    for wait in waits {
        loop {
            let found = kubectl.jsonpath(&wait.get, &wait.path);
            if found.contains(&wait.has) {
                break;
            }
            if started.elapsed() > PATIENCE {
                let missing = format!("{} {} gives {found:?}, wants {:?}", wait.get, wait.path, wait.has);
                return Err(Error::Deadline { what: name.into(), seconds: PATIENCE.as_secs(), missing });
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    Ok(())
}

/// Captures the cluster with the program's own command.
fn save(binary: &Path, options: &Options, out: &Path) -> Result<()> {
    let mut command = Command::new(binary);
    if let Some(kubeconfig) = &options.kubeconfig {
        command.arg("--kubeconfig").arg(kubeconfig);
    }
    if out.exists() {
        std::fs::remove_file(out).map_err(Error::io(format!("remove {}", out.display())))?;
    }
    process::output(command.args(["snapshot", "save"]).arg(out)).map(drop)?;
    eprintln!("  {}: {} bytes", out.display(), std::fs::metadata(out).map_or(0, |data| data.len()));
    Ok(())
}

/// Takes everything away again: finalizers first, which nobody would ever remove. What fails is left behind.
fn clear(kubectl: &Kubectl, scenarios: &[Scenario]) {
    let last_first =
        scenarios.iter().flat_map(|s| s.changes.iter().chain(&s.objects).rev().map(move |o| (s, o)));
    for (scenario, object) in last_first.filter(|(_, object)| object["kind"] != "Namespace") {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let group = text("/apiVersion").rsplit_once('/').map_or("", |(group, _)| group);
        let named = format!("{}.{group}/{}", text("/kind").to_lowercase(), text("/metadata/name"));
        let named = named.replace("./", "/");
        let space = namespace_of(object, scenario);
        if object["metadata"]["finalizers"].is_array() {
            let none = r#"{"metadata":{"finalizers":null}}"#;
            drop(kubectl.run(&["patch", "-n", space, &named, "--type=merge", "-p", none]));
        }
        drop(kubectl.run(&[
            "delete",
            "-n",
            space,
            &named,
            "--wait=false",
            "--ignore-not-found",
            "--grace-period=1",
        ]));
    }
    let names: Vec<&str> = scenarios.iter().map(|scenario| scenario.name.as_str()).collect();
    for (wait, limit) in [("--wait=false", "--timeout=0s"), ("--wait=true", "--timeout=240s")] {
        let mut args = vec!["delete", "namespace", "--ignore-not-found", wait, limit];
        args.extend(&names);
        if let Err(error) = kubectl.run(&args) {
            eprintln!("  left behind: {error}");
        }
    }
}
