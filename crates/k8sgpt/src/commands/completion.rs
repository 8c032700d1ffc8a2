//! `completion`: a script for the user's shell.

use crate::cli::Cli;
use crate::failure::Failure;
use crate::print;
use clap::CommandFactory;
use clap_complete::Shell;

/// Runs the command.
pub fn run(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "k8sgpt", &mut script);
    print::out(&String::from_utf8_lossy(&script))
}
