//! Builds and tries the template of a custom analyzer, which is a workspace of its own.

use std::process::Command;

use crate::error::Result;
use crate::house::{root, run};

/// `example`: formatting, lints and tests of `examples/custom-analyzer`.
pub(crate) fn command() -> Result<()> {
    let folder = root().join("examples/custom-analyzer");
    let target = root().join("target/example");
    let tasks: [&[&str]; 3] = [
        &["fmt", "--check"],
        &["clippy", "--locked", "--all-targets", "--", "-D", "warnings"],
        &["test", "--locked"],
    ];
    for task in tasks {
        run(Command::new("cargo").args(task).current_dir(&folder).env("CARGO_TARGET_DIR", &target))?;
    }
    Ok(())
}
