//! `cargo xtask e2e`: the program against a real control plane.

pub(crate) mod api;
pub(crate) mod audit;
pub(crate) mod checks;
mod definitions;
mod fill;
mod fixtures;
pub(crate) mod http;
pub(crate) mod plant;
mod process;
mod program;
mod reading;
mod refusals;
mod rules;
mod scenario;
mod session;
mod surface;

use std::path::{Path, PathBuf};
use std::process::Command;

use api::Api;
use checks::Checks;
use program::Program;
use rules::Extent;

use crate::cluster::{Cluster, ClusterGuard};
use crate::error::{Error, Result};

const USAGE: &str = "usage: cargo xtask e2e [program | rules [PART-OF-AN-ID] | cases [PART-OF-AN-ID]]";

/// `cargo xtask e2e`: the checks of the whole program and one case of each rule; `cases` plants all cases.
pub(crate) fn command(args: &[String]) -> Result<()> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let (whole, rules, only) = match args[..] {
        [] => (true, Some(Extent::First), ""),
        ["program"] => (true, None, ""),
        ["rules"] => (false, Some(Extent::First), ""),
        ["rules", only] => (false, Some(Extent::First), only),
        ["cases"] => (false, Some(Extent::Every), ""),
        ["cases", only] => (false, Some(Extent::Every), only),
        _ => return Err(Error::Other(USAGE.into())),
    };
    let binary = build("dev")?;
    let mut checks = Checks::default();
    if whole {
        let Some(mut cluster) = Cluster::start()? else { return Ok(()) };
        let program = Program::new(&binary, cluster.kubeconfig())?;
        whole_program(&mut checks, &program, &mut cluster)?;
    }
    // A skipped part is said by the cluster; what ran before it counts.
    let bare = if rules.is_some() { Cluster::start_bare()? } else { None };
    if let (Some(extent), Some(bare)) = (rules, bare) {
        let program = Program::new(&binary, bare.kubeconfig())?;
        rules::run(&mut checks, &program, &bare, extent, only)?;
    }
    checks.finish()
}

fn whole_program(checks: &mut Checks, program: &Program, cluster: &mut ClusterGuard) -> Result<()> {
    reading::fresh(checks, program)?;
    let api = Api::open(cluster)?;
    scenario::create(&api, cluster)?;
    reading::once(checks, program, cluster.audit_log())?;
    surface::run(checks, program)?;
    process::run(checks, program)?;
    refusals::run(checks, program, cluster, &api)?;
    reading::read_only(checks, cluster.audit_log())?;
    reading::secrets(checks, program)
}

/// Builds the program with a profile and gives its path.
pub(crate) fn build(profile: &str) -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(["build", "--package", "k8sgpt", "--profile", profile]).status();
    let status = status.map_err(Error::io("run cargo build"))?;
    if !status.success() {
        return Err(Error::Other(format!("cargo build --package k8sgpt --profile {profile}: {status}")));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(folder).join("k8sgpt"))
}
