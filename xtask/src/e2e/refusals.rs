//! What goes wrong around the program: permissions that are missing, a server that is down, names that nobody
//! knows.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::api::{self, Api};
use super::checks::{Checks, expect};
use super::program::Program;
use crate::cluster::ClusterGuard;
use crate::error::{Error, Result, read, write};

/// How soon a cluster that cannot be reached is given up.
const SOON: Duration = Duration::from_secs(5);

/// Command lines that fail, and what the error names.
const WRONG: [(&[&str], &str); 6] = [
    (&["analyze", "-n", "nope"], "\"nope\""),
    (&["analyze", "--filter", "Nope"], "\"Nope\""),
    (&["analyze", "--kubecontext", "nope"], "\"nope\""),
    (&["analyze", "--kubeconfig", "/nope/config"], "/nope/config"),
    (&["analyze", "--snapshot", "/nope.tar.gz"], "/nope.tar.gz"),
    (&["filters", "add", "Nope"], "\"Nope\""),
];

/// All checks of failures.
pub(crate) fn run(checks: &mut Checks, program: &Program, cluster: &ClusterGuard, api: &Api) -> Result<()> {
    for (args, names) in WRONG {
        checks.report(&format!("error: k8sgpt {}", args.join(" ")), wrong(program, args, names))?;
    }
    let folder = tempfile::tempdir().map_err(Error::io("create a temporary folder"))?;
    let given = read(cluster.kubeconfig())?;
    checks.report("error: the API server is down", down(program, folder.path(), &given))?;
    let viewer = viewer(api, folder.path(), &given)?;
    checks.report("forbidden: what may be read is analysed", partial(program, &viewer))?;
    checks.report("forbidden: nothing may be read", forbidden(program, &viewer))
}

fn wrong(program: &Program, args: &[&str], names: &str) -> Result<String> {
    let output = program.run(args)?;
    let says = output.stderr.trim();
    let good = output.code == Some(1) && says.contains(names) && output.stdout.is_empty();
    expect(good, || format!("exit code {:?}, it says {says:?}", output.code))?;
    Ok(first_line(says))
}

fn down(program: &Program, folder: &Path, given: &str) -> Result<String> {
    let mut config: Value = serde_json::from_str(given).map_err(Error::json("kubeconfig"))?;
    // Nobody listens on port 1.
    config["clusters"][0]["cluster"]["server"] = json!("https://127.0.0.1:1");
    let path = save(folder, "down.json", &config)?;
    let output = program.run(&["analyze", "--kubeconfig", &path.display().to_string()])?;
    let says = output.stderr.trim();
    let good = output.code == Some(1)
        && says.starts_with("Error: ")
        && says.contains("127.0.0.1:1")
        && output.wall < SOON;
    expect(good, || format!("exit code {:?} after {:.1?}: {says}", output.code, output.wall))?;
    Ok(format!("after {:.0?}", output.wall))
}

/// The kubeconfig of an account that may get and list pods in one namespace and nothing else.
fn viewer(api: &Api, folder: &Path, given: &str) -> Result<PathBuf> {
    let path = "/api/v1/namespaces/production/serviceaccounts/viewer/token";
    let body = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}});
    let answer = api::done(&format!("POST {path}"), &api.send("POST", path, &body.to_string())?)?;
    let mut config: Value = serde_json::from_str(given).map_err(Error::json("kubeconfig"))?;
    config["users"][0]["user"] = json!({"token": answer["status"]["token"]});
    save(folder, "viewer.json", &config)
}

fn save(folder: &Path, name: &str, config: &Value) -> Result<PathBuf> {
    let path = folder.join(name);
    write(&path, config.to_string()).map(|()| path)
}

fn partial(program: &Program, viewer: &Path) -> Result<String> {
    let config = viewer.display().to_string();
    let report = program.json(&["analyze", "-n", "production", "-o", "json", "--kubeconfig", &config])?;
    let missing = report["not_checked"].to_string();
    let found = report["results"].to_string().contains("production/broken");
    let named = ["services", "deployments", "nodes", "forbidden"].iter().all(|word| missing.contains(word));
    expect(found && named && !missing.contains("pods (forbidden"), || format!("found: {found}; {missing}"))?;
    let alarms = report["results"].as_array().map_or(0, Vec::len);
    expect(alarms == 1, || format!("more than the broken pod: {}", report["results"]))?;
    Ok(format!("{} kinds named as not checked", report["not_checked"].as_array().map_or(0, Vec::len)))
}

fn forbidden(program: &Program, viewer: &Path) -> Result<String> {
    let config = viewer.display().to_string();
    let output = program.run(&["analyze", "--kubeconfig", &config])?;
    let says = output.stderr.trim();
    let good = output.code == Some(1) && says.contains("forbidden to list pods") && output.stdout.is_empty();
    expect(good, || format!("exit code {:?}: {:.300} {says:.600}", output.code, output.stdout))?;
    Ok(first_line(says))
}

fn first_line(text: &str) -> String {
    format!("{:.160}", text.lines().next().unwrap_or_default())
}
