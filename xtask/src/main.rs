//! The project's own tasks.

mod backends;
mod bench;
mod cluster;
mod corpus;
mod demo;
mod e2e;
mod error;
mod example;
mod house;
mod kubectl;
mod models;
mod process;
mod stores;

use std::process::ExitCode;

use error::{Error, Result};

const USAGE: &str = "usage: cargo xtask TASK
  new-rule    KIND/WHAT                  a rule and its fixture with their headings
  fmt         [--check]                  formatting, the rules included
  codegen     [--check]                  the generated reference under docs/
  cluster     up [--keep] | build
  e2e         [PART]                     the program against a real control plane
  stores      [s3 | azure | gcs]         the cache against real object stores
  models                                 explanations by servers of models
  corpus      [record [--kubeconfig FILE] [--only GROUP] [--settle SECONDS] [--program FILE]]
  backends    [--recorded]               requests against those of the vendors' SDKs, and the table
  example                                the template of a custom analyzer: builds and tests it
  bench       [--peer PROGRAM] [--runs N] [--out FILE]
  record-demo --out DIR [--kubeconfig FILE] [--break-node COMMAND] [--replace FROM=TO]...
  capture     --out DIR [--kubeconfig FILE] [--replace FROM=TO]...";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    match args.split_first().map(|(task, rest)| (task.as_str(), rest)) {
        Some(("new-rule", rest)) => house::new_rule(rest),
        Some(("fmt", rest)) => house::fmt(rest),
        Some(("codegen", rest)) => house::codegen(rest),
        Some(("cluster", rest)) => cluster::command(rest),
        Some(("corpus", rest)) => corpus::command(rest),
        Some(("backends", rest)) => backends::command(rest),
        Some(("example", _)) => example::command(),
        Some(("bench", rest)) => bench::command(rest),
        Some(("e2e", rest)) => e2e::command(rest),
        Some(("stores", rest)) => stores::command(rest),
        Some(("models", rest)) => models::command(rest),
        Some(("record-demo", rest)) => demo::record(rest),
        Some(("capture", rest)) => demo::capture(rest),
        _ => Err(Error::Other(USAGE.into())),
    }
}
