//! Runs the built program. No network beyond loopback, no cluster.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod analyze;
mod auth;
mod cache;
mod config;
mod corpus;
mod custom_analyzer;
mod doctor;
mod eks;
mod help;
mod known;
mod secrets;
mod serve;

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// The program, with an environment of its own and a home directory that the test owns.
fn k8sgpt(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_k8sgpt"));
    command.env_clear().env("HOME", home).env("USERPROFILE", home).env("LOCALAPPDATA", home);
    command.stdin(Stdio::null()).current_dir(home);
    command
}

/// What a run of the program left behind.
struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// Runs to the end.
fn run(home: &Path, arguments: &[&str]) -> Ran {
    ran(&k8sgpt(home).args(arguments).output().unwrap())
}

fn ran(output: &Output) -> Ran {
    Ran {
        code: output.status.code().expect("not killed"),
        out: String::from_utf8(output.stdout.clone()).unwrap(),
        err: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

/// An empty home directory.
fn home() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}
