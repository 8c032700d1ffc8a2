//! The arguments of `custom-analyzer`.

use crate::cli::Form;
use clap::{Args, Subcommand};

#[derive(Args, Debug)]
pub struct CustomAnalyzerArgs {
    #[command(subcommand)]
    pub command: Option<CustomAnalyzerCommand>,
}

#[derive(Subcommand, Debug)]
pub enum CustomAnalyzerCommand {
    /// Add an analyzer to the configuration file, and say whether it can be reached
    Add(AddArgs),
    /// List the configured analyzers
    List {
        /// Add where each one is, and what is sent to it
        #[arg(short, long)]
        details: bool,
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
    /// Remove analyzers from the configuration file
    Remove {
        /// Names; repeat or separate by commas
        #[arg(short, long, required = true, value_name = "NAME", value_delimiter = ',')]
        names: Vec<String>,
    },
}

#[derive(Args, Debug)]
pub struct AddArgs {
    /// Name: lower-case letters, digits, hyphens and dots
    #[arg(short, long, default_value = "my-custom-analyzer", value_name = "NAME")]
    pub name: String,
    /// Host, or https://HOST for an encrypted connection; one without is made only to this machine, private
    /// addresses and names inside a cluster
    #[arg(short, long, default_value = "localhost", value_name = "HOST|URL")]
    pub url: String,
    /// Port
    #[arg(short = 'r', long, default_value_t = 8085, value_name = "PORT", value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
    /// File with a token that is sent as `authorization: Bearer`
    #[arg(long, value_name = "PATH", conflicts_with = "token_env")]
    pub token_file: Option<String>,
    /// Variable of the environment that holds such a token
    #[arg(long, value_name = "NAME")]
    pub token_env: Option<String>,
    /// File with the certificates of the authorities that signed the analyzer's [default: those of this machine]
    #[arg(long, value_name = "PATH")]
    pub ca_file: Option<String>,
}
