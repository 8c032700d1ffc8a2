//! The arguments of `doctor` and `dump`.

use super::Form;
use clap::Args;
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing failed; there may be warnings
  1  something failed";

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct DoctorArgs {
    /// AI provider to look at [default: the one that would explain]
    #[arg(short, long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Look at the permissions in this namespace only
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// File of known faults [default: ignore.yaml beside the configuration file]
    #[arg(long, value_name = "PATH")]
    pub ignore_file: Option<PathBuf>,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    pub output: Form,
}

#[derive(Args, Debug)]
pub struct DumpArgs {
    /// The file to write, which must not exist; - writes to standard output [default: dump_TIME.json here]
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<PathBuf>,
}
