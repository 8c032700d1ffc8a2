//! The corpus: fault scenarios and healthy look-alikes, recorded on a real cluster and judged without one.
//!
//! `cargo xtask corpus` prints what the program says about the recordings; `cargo xtask corpus record` makes
//! them anew. The format is told in `corpus/README.md`.

mod record;
mod scenario;

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{Error, Result};

const USAGE: &str = "usage: cargo xtask corpus [record [--kubeconfig FILE] [--only GROUP] [--settle SECONDS] [--program FILE]]";

/// `cargo xtask corpus` and `cargo xtask corpus record`.
pub(crate) fn command(args: &[String]) -> Result<()> {
    match args.split_first().map(|(first, rest)| (first.as_str(), rest)) {
        None => judge(),
        Some(("record", rest)) => record::record(&record::Options::parse(rest)?),
        Some(_) => Err(Error::Other(USAGE.into())),
    }
}

/// The judging is a test of the program's crate, so that `cargo test` does it too; here it prints its table.
fn judge() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["test", "--quiet", "--package", "k8sgpt", "--test", "it", "corpus", "--", "--nocapture"]);
    let status = command.env("CORPUS_TABLE", "1").status().map_err(Error::io("run cargo test"))?;
    if status.success() { Ok(()) } else { Err(Error::Other("the corpus is not as it should be".into())) }
}

/// The folder of the corpus.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../corpus")
}
