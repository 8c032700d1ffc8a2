//! The command line.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

pub use serve::ServeArgs;

mod serve;

/// Says what is wrong with a Kubernetes cluster: the few root causes, each with its proof and its fix.
///
/// Reads the cluster of your kubeconfig, a recording (--snapshot), or the recorded demo cluster inside the
/// program (--demo). Never changes a cluster and needs no key.
#[derive(Parser, Debug)]
#[command(name = "k8sgpt", bin_name = "k8sgpt", version = crate::commands::version::LINE, disable_help_subcommand = false)]
#[command(after_help = "Try it without a cluster: k8sgpt analyze --demo")]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Accepted by every command.
#[derive(Args, Debug)]
pub struct Global {
    /// Configuration file [default: k8sgpt/k8sgpt.yaml in the user's configuration directory]
    #[arg(long, global = true, value_name = "PATH", help_heading = "Global options")]
    pub config: Option<PathBuf>,
    /// Kubeconfig file [env: K8SGPT_KUBECONFIG, KUBECONFIG]
    #[arg(long, global = true, value_name = "PATH", help_heading = "Global options")]
    pub kubeconfig: Option<PathBuf>,
    /// Context of the kubeconfig [env: K8SGPT_KUBECONTEXT]
    #[arg(long, alias = "context", global = true, value_name = "NAME", help_heading = "Global options")]
    pub kubecontext: Option<String>,
    /// Look at the demo cluster inside this program
    #[arg(long, global = true, help_heading = "Global options")]
    pub demo: bool,
    /// Look at a recording: of `snapshot save`, `kubectl get -o yaml|json`, `kubectl cluster-info dump
    /// --output-directory`, or an OpenShift must-gather
    #[arg(long, global = true, value_name = "PATH", help_heading = "Global options")]
    pub snapshot: Option<PathBuf>,
    /// Log to standard error what is being done; twice for more
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Global options")]
    pub verbose: u8,
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Find what is wrong with the cluster
    #[command(visible_alias = "analyse")]
    Analyze(AnalyzeArgs),
    /// Choose which analyzers run
    #[command(visible_alias = "filter")]
    Filters(FiltersArgs),
    /// See which integrations are active, activate and deactivate them
    #[command(visible_alias = "integrations")]
    Integration(IntegrationArgs),
    /// Serve the cluster's diagnosis to AI assistants
    Serve(ServeArgs),
    /// Record a cluster, to look at it later or elsewhere
    Snapshot(SnapshotArgs),
    /// Say which version this is
    Version(VersionArgs),
    /// Write a completion script for a shell to standard output
    Completion {
        /// The shell
        shell: Shell,
    },
    /// Write the manual page to standard output
    Man(ManArgs),
    /// Write the generated reference into a directory
    #[command(hide = true)]
    Reference(ReferenceArgs),
}

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
    /// Only what touches this namespace
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,
    /// Only what touches objects with these labels, for example app=web,tier!=db
    #[arg(short = 'L', long, value_name = "LABELS")]
    pub selector: Option<String>,
    /// Only these analyzers, instead of the active ones; repeat or separate by commas
    #[arg(short, long, value_name = "NAME", value_delimiter = ',')]
    pub filter: Vec<String>,
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
    /// Not in this version
    #[arg(short = 'z', long, hide = true)]
    pub custom_analysis: bool,
}

#[derive(Args, Debug)]
pub struct FiltersArgs {
    #[command(subcommand)]
    pub command: Option<FiltersCommand>,
}

#[derive(Subcommand, Debug)]
pub enum FiltersCommand {
    /// List all filters, active ones first
    List {
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
    /// Add filters to the active ones
    Add {
        /// Names, separated by commas or spaces
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Remove filters from the active ones
    Remove {
        /// Names, separated by commas or spaces
        #[arg(required = true)]
        names: Vec<String>,
    },
}

/// How a short answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For a person
    Text,
    /// For a program
    Json,
}

#[derive(Args, Debug)]
pub struct IntegrationArgs {
    #[command(subcommand)]
    pub command: Option<IntegrationCommand>,
}

#[derive(Subcommand, Debug)]
pub enum IntegrationCommand {
    /// List integrations, active ones first
    List {
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
    /// Add the filters of an integration to the active ones; nothing is installed in the cluster
    Activate(IntegrationName),
    /// Remove the filters of an integration from the active ones; nothing is removed from the cluster
    Deactivate(IntegrationName),
}

#[derive(Args, Debug)]
pub struct IntegrationName {
    /// Name of the integration
    pub name: String,
    /// Accepted for compatibility: nothing is installed in a namespace
    #[arg(short, long, hide = true)]
    pub namespace: Option<String>,
    /// Accepted for compatibility: nothing is ever installed
    #[arg(short = 's', long, hide = true)]
    pub no_install: bool,
}

#[derive(Args, Debug)]
pub struct SnapshotArgs {
    #[command(subcommand)]
    pub command: Option<SnapshotCommand>,
}

#[derive(Subcommand, Debug)]
pub enum SnapshotCommand {
    /// Record all objects and the logs of what is broken into a file; values of Secrets are left out
    Save {
        /// The file to write, for example prod.tar.gz
        path: PathBuf,
    },
}

#[derive(Args, Debug)]
pub struct VersionArgs {
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Form::Text)]
    pub output: Form,
}

#[derive(Args, Debug)]
pub struct ManArgs {
    /// Write the pages of all commands into this directory instead
    #[arg(long, hide = true, value_name = "PATH")]
    pub dir: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub struct ReferenceArgs {
    /// The directory, `docs/` of the source tree
    #[arg(long, value_name = "PATH")]
    pub dir: PathBuf,
}
