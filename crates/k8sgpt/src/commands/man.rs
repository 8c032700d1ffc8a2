//! `man`: manual pages, made from the arguments' own descriptions.

use crate::cli::Cli;
use crate::failure::Failure;
use crate::print;
use clap::CommandFactory;
use std::path::Path;

/// Runs the command.
pub fn run(directory: Option<&Path>) -> Result<(), Failure> {
    let Some(directory) = directory else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        return print::out(&String::from_utf8_lossy(&page));
    };
    clap_mangen::generate_to(Cli::command(), directory).map_err(|error| {
        Failure::Failed(format!("{}: manual pages cannot be written: {error}", directory.display()))
    })
}
