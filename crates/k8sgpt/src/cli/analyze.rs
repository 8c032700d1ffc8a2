//! The arguments of `analyze`.

use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For a person
    Text,
    /// For a program
    Json,
    /// For a program
    Yaml,
    /// For a ticket or a chat
    #[value(alias = "md")]
    Markdown,
}

/// From which severity on findings make the exit code 3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Findings never change the exit code
    Never,
    /// Any finding
    Info,
    /// Warnings and worse
    Warning,
    /// Errors and worse
    Error,
    /// Critical findings only
    Critical,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  the analysis ran, whatever it found
  1  it could not run
  2  the arguments make no sense
  3  it found something at or above --fail-on
  4  it could not check everything, and --fail-on-partial was given";

#[derive(Args, Debug)]
#[command(after_help = EXIT_CODES)]
pub struct AnalyzeArgs {
    /// Only one object and all that it depends on, for example deploy/web, or a kind and a name
    #[arg(value_name = "KIND/NAME", num_args = 0..=2)]
    pub object: Vec<String>,
    /// Only what touches this namespace
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Only what touches objects with these labels, for example app=web,tier!=db
    #[arg(short = 'L', long, value_name = "LABELS")]
    pub selector: Option<String>,
    /// Only these analyzers, instead of the active ones; repeat or separate by commas
    #[arg(short, long, value_name = "NAME", value_delimiter = ',')]
    pub filter: Vec<String>,
    /// Ask all configured custom analyzers too; --filter NAME asks one
    #[arg(short = 'z', long)]
    pub custom_analysis: bool,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// List every affected object, not only the root causes
    #[arg(long)]
    pub all: bool,
    /// Add an explanation to each cause
    #[arg(short, long)]
    pub explain: bool,
    /// AI provider that explains; none is called in this version, explanations are built in
    #[arg(short, long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Language of AI explanations
    #[arg(short, long, default_value = "english", value_name = "NAME", hide = true)]
    pub language: String,
    /// Ask for new AI explanations instead of cached ones
    #[arg(short = 'c', long, hide = true)]
    pub no_cache: bool,
    /// Mask names before they are sent to an AI provider
    #[arg(short, long, hide = true)]
    pub anonymize: bool,
    /// Add the API's own description of the field at fault
    #[arg(short = 'd', long)]
    pub with_doc: bool,
    /// Add how long each stage took
    #[arg(short = 's', long)]
    pub with_stat: bool,
    /// File of known faults that are not shown [default: ignore.yaml beside the configuration file]
    #[arg(long, value_name = "PATH")]
    pub ignore_file: Option<PathBuf>,
    /// Earlier report (-o json); only causes that it does not have are shown
    #[arg(long, value_name = "PATH")]
    pub baseline: Option<PathBuf>,
    /// Only causes that began after this: an age such as 12h or 7d, a date, or a time
    #[arg(long, value_name = "AGE|TIME")]
    pub since: Option<String>,
    /// List the causes that are not shown because they are known
    #[arg(long)]
    pub show_suppressed: bool,
    /// Exit with 3 when there is a finding of this severity or worse
    #[arg(long, value_enum, default_value_t = FailOn::Never, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Exit with 4 when something could not be checked
    #[arg(long)]
    pub fail_on_partial: bool,
    /// Accepted for compatibility: the cluster is always read concurrently
    #[arg(short, long, hide = true, allow_negative_numbers = true)]
    pub max_concurrency: Option<i64>,
    /// Accepted for compatibility
    #[arg(short = 'r', long, hide = true)]
    pub custom_headers: Vec<String>,
    /// Not in this version
    #[arg(short, long, hide = true)]
    pub interactive: bool,
}
