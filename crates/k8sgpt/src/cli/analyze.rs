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

/// How causes are explained.
#[derive(Args, Debug)]
#[command(next_help_heading = "Explanations")]
pub struct ExplainArgs {
    /// Explain each cause: by the AI provider that is configured, else by the guidance of its rule
    #[arg(short, long)]
    pub explain: bool,
    /// AI provider that explains [default: the configured one; see k8sgpt auth]
    #[arg(short, long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Language of AI explanations
    #[arg(short, long, default_value = "english", value_name = "NAME")]
    pub language: String,
    /// Mask names in what is sent to the AI provider; default where it is outside this machine and private networks
    #[arg(short, long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub anonymize: Option<bool>,
    /// Neither read nor write the cache of explanations
    #[arg(short = 'c', long)]
    pub no_cache: bool,
    /// Let the model look at objects, events and logs before it answers; each look is shown
    #[arg(long)]
    pub investigate: bool,
    /// Talk about the result with the AI provider afterwards
    #[arg(short, long)]
    pub interactive: bool,
    /// Print what would be sent to the AI provider, and send nothing
    #[arg(long)]
    pub print_prompt: bool,
    /// Most calls to the AI provider
    #[arg(long, value_name = "NUMBER")]
    pub max_calls: Option<u64>,
    /// Tokens after which the AI provider is called no more
    #[arg(long, value_name = "NUMBER")]
    pub max_tokens_total: Option<u64>,
    /// Calls to the AI provider at a time; the cluster is always read concurrently
    #[arg(short, long, default_value_t = 10, value_name = "NUMBER", allow_negative_numbers = true)]
    pub max_concurrency: i64,
    /// Header for calls to the AI provider; repeat for more
    #[arg(short = 'r', long, value_name = "NAME:VALUE")]
    pub custom_headers: Vec<String>,
}

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
    #[command(flatten)]
    pub explaining: ExplainArgs,
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
}
