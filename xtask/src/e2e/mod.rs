//! `cargo xtask e2e`: the program against a real control plane.

mod api;
mod checks;
mod fill;
mod fixtures;
mod http;
mod plant;
mod program;
mod rules;

use std::path::{Path, PathBuf};
use std::process::Command;

use checks::Checks;
use program::Program;

use crate::cluster::Cluster;
use crate::error::{Error, Result};

/// `cargo xtask e2e [rules [PART-OF-AN-ID]]`.
pub(crate) fn command(args: &[String]) -> Result<()> {
    let (part, only) = match args {
        [] => ("", ""),
        [part] => (part.as_str(), ""),
        [part, only] => (part.as_str(), only.as_str()),
        _ => return Err(Error::Other("usage: cargo xtask e2e [rules [PART-OF-AN-ID]]".into())),
    };
    let binary = build()?;
    let mut checks = Checks::default();
    if part.is_empty() || part == "rules" {
        let Some(bare) = Cluster::start_bare()? else { return Ok(()) };
        let program = Program::new(&binary, bare.kubeconfig())?;
        rules::run(&mut checks, &program, &bare, only)?;
    }
    checks.finish()
}

/// Builds the program under test and gives its path.
fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo).args(["build", "--package", "k8sgpt"]).status();
    let status = status.map_err(Error::io("run cargo build"))?;
    if !status.success() {
        return Err(Error::Other(format!("cargo build --package k8sgpt: {status}")));
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("debug/k8sgpt"))
}
