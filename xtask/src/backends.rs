//! What the vendors' SDKs send, recorded; and the table of backends.
#![allow(clippy::print_stdout, reason = "the table is the result")]

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

/// Records the SDKs anew (not with `--recorded`), compares our requests with them and prints the table.
pub fn command(args: &[String]) -> Result<()> {
    let recorded = match args {
        [] => false,
        [flag] if flag == "--recorded" => true,
        _ => return Err(Error::Other("usage: cargo xtask backends [--recorded]".into())),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    if !recorded && let Err(error) = record(&root) {
        if std::env::var_os("K8SGPT_CI").is_some_and(|value| value == "1") {
            return Err(error);
        }
        eprintln!(
            "SKIPPED: the SDKs are not recorded anew, because {error}; what was recorded before is compared"
        );
    }
    let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
    let table = folder.path().join("table.md");
    let mut tests = Command::new(env!("CARGO"));
    tests.args(["test", "-p", "explain", "--test", "it", "backend::sdk"]).current_dir(&root);
    run(tests.env("BACKENDS_TABLE", &table), "the comparison")?;
    println!("{}", crate::error::read(&table)?);
    Ok(())
}

fn record(root: &Path) -> Result<()> {
    let tools = root.join("xtask/backends");
    let venv = root.join("target/backends-venv");
    let python = python(&venv)?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
    run(Command::new(&python).args(pip).arg(tools.join("requirements.txt")), "the installation of the SDKs")?;
    let fixtures = root.join("crates/explain/fixtures/sdk");
    run(Command::new(&python).arg(tools.join("record.py")).arg(fixtures), "the recording")
}

/// The interpreter of an environment of our own.
fn python(venv: &Path) -> Result<PathBuf> {
    let own = if cfg!(windows) { venv.join("Scripts/python.exe") } else { venv.join("bin/python") };
    if !own.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(venv), "python3 -m venv")?;
    }
    Ok(own)
}

fn run(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().map_err(|error| Error::Other(format!("{what} cannot start: {error}")))?;
    if status.success() { Ok(()) } else { Err(Error::Other(format!("{what} failed ({status})"))) }
}
