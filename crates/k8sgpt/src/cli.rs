//! The command line.

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

pub use analyze::{AnalyzeArgs, FailOn, Output};
pub use auth::{AuthArgs, AuthCommand, GenerateArgs, Settings};
pub use cache::{CacheAddArgs, CacheArgs, CacheCommand, CacheType};
pub use custom_analyzer::{CustomAnalyzerArgs, CustomAnalyzerCommand};
pub use doctor::{DoctorArgs, DumpArgs};
pub use serve::ServeArgs;

mod analyze;
mod auth;
mod cache;
mod custom_analyzer;
mod doctor;
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
    /// See which rules there are and what each one means
    #[command(visible_alias = "rule")]
    Rules(RulesArgs),
    /// Choose which analyzers run
    #[command(visible_alias = "filter")]
    Filters(FiltersArgs),
    /// See which integrations are active, activate and deactivate them
    #[command(visible_alias = "integrations")]
    Integration(IntegrationArgs),
    /// Add, list, change and remove AI providers and their keys
    Auth(AuthArgs),
    /// See on which page the key of an AI backend is made
    Generate(GenerateArgs),
    /// Choose where explanations are cached, look at them and delete them
    Cache(CacheArgs),
    /// Add analyzers of your own, which are asked by gRPC; see which there are, remove them
    #[command(visible_alias = "custom-analyzers")]
    CustomAnalyzer(CustomAnalyzerArgs),
    /// Serve the cluster's diagnosis to AI assistants
    Serve(ServeArgs),
    /// Check the configuration, the cluster, the permissions, the AI provider and the cache
    Doctor(DoctorArgs),
    /// Write the configuration without its keys into a file, for a bug report
    Dump(DumpArgs),
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

#[derive(Args, Debug)]
pub struct RulesArgs {
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
}

#[derive(Subcommand, Debug)]
pub enum RulesCommand {
    /// List all rules
    List {
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
    /// Show the manual page of a rule: what it finds, why it matters, when it stays silent, what to do
    Show {
        /// Id of the rule, for example pod/image-pull
        id: String,
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
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
