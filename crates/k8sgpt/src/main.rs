//! `k8sgpt`: Kubernetes diagnosis for people and for AI assistants.
//!
//! This crate reads arguments, prints and wires; what it prints is computed by `engine` and served by
//! `mcp`.

mod cli;
mod commands;
mod failure;
mod logging;
mod print;
mod progress;
mod runtime;
mod source;

use clap::Parser;
use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Every TLS client needs it; that it is installed already is no problem.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return print::usage(&error),
    };
    logging::start(cli.global.verbose);
    match commands::run(cli) {
        Ok(code) => code,
        Err(failure) => print::failure(&failure),
    }
}
