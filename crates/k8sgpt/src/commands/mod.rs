//! One module a command.

mod analyze;
mod auth;
mod cache;
mod completion;
mod custom_analyzer;
mod doctor;
mod dump;
mod filters;
mod generate;
mod integration;
mod man;
mod reference;
mod rules;
mod serve;
mod snapshot;
pub mod version;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use crate::print;
use clap::CommandFactory;
use std::process::ExitCode;

/// Runs the command that was given; without one, prints help.
pub fn run(cli: Cli) -> Result<ExitCode, Failure> {
    let global = &cli.global;
    match cli.command {
        None => help(None)?,
        Some(Command::Analyze(args)) => return analyze::run(global, &args),
        Some(Command::Rules(args)) => rules::run(args)?,
        Some(Command::Filters(args)) => filters::run(global, args)?,
        Some(Command::Integration(args)) => integration::run(global, args)?,
        Some(Command::Auth(args)) => auth::run(global, args)?,
        Some(Command::Generate(args)) => generate::run(&args)?,
        Some(Command::Doctor(args)) => return doctor::run(global, &args),
        Some(Command::Dump(args)) => dump::run(global, &args)?,
        Some(Command::Cache(args)) => cache::run(global, args)?,
        Some(Command::CustomAnalyzer(args)) => custom_analyzer::run(global, args)?,
        Some(Command::Serve(args)) => return serve::run(global, &args),
        Some(Command::Snapshot(args)) => snapshot::run(global, args)?,
        Some(Command::Version(args)) => version::run(args.output)?,
        Some(Command::Completion { shell }) => completion::run(shell)?,
        Some(Command::Man(args)) => man::run(args.dir.as_deref())?,
        Some(Command::Reference(args)) => reference::run(&args.dir)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the help of a command, of the program without a name, to standard output.
fn help(name: Option<&str>) -> Result<(), Failure> {
    let mut root = Cli::command();
    root.build();
    let help = match name.and_then(|name| root.find_subcommand_mut(name)) {
        Some(command) => command.render_help(),
        None => root.render_help(),
    };
    print::out(&help.ansi().to_string())
}
