//! The arguments of `auth` and `generate`.

use super::Form;
use clap::{Args, Subcommand};

const KEYS: &str = "\
The key, in order of preference:
  asked for in the terminal, not shown; kept in the configuration file, which only you can read
  --password-env NAME    stays in that environment variable
  --password-file PATH   stays in that file; - reads it from standard input and keeps it in the configuration
What is not given is not sent: the backend's own defaults hold for the model and all numbers.";

const CHANGES: &str = "\
Only what is given is changed; an empty value (--model \"\") takes a setting away.";

#[derive(Args, Debug)]
pub struct AuthArgs {
    #[command(subcommand)]
    pub command: Option<AuthCommand>,
}

#[derive(Subcommand, Debug)]
pub enum AuthCommand {
    /// Add an AI provider
    #[command(alias = "new", after_help = KEYS)]
    Add {
        /// The AI backend; `k8sgpt auth list` shows all
        #[arg(short, long, value_name = "NAME", default_value = "openai")]
        backend: String,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// List AI providers, the default one and the configured ones first
    List {
        /// Show the settings of each; keys are never shown, only where they are
        #[arg(long)]
        details: bool,
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t = Form::Text)]
        output: Form,
    },
    /// Say which AI provider explains when none is asked for, or choose it
    Default {
        /// A configured provider
        #[arg(short, long, value_name = "NAME")]
        provider: Option<String>,
    },
    /// Change settings of AI providers
    #[command(after_help = CHANGES)]
    Update {
        /// The providers, separated by commas
        #[arg(short, long, value_name = "NAMES", value_delimiter = ',')]
        backend: Vec<String>,
        /// The same without -b
        #[arg(hide = true, value_delimiter = ',')]
        names: Vec<String>,
        #[command(flatten)]
        settings: Box<Settings>,
    },
    /// Remove AI providers
    Remove {
        /// The providers, separated by commas
        #[arg(short, long, alias = "backend", value_name = "NAMES", value_delimiter = ',')]
        backends: Vec<String>,
        /// The same without -b
        #[arg(hide = true, value_delimiter = ',')]
        names: Vec<String>,
    },
}

/// Settings of a provider. All are texts here: what each accepts is said where it is checked. Has no `Debug` that
/// shows them: one is a key.
#[derive(Args)]
pub struct Settings {
    /// Model to ask [default: the backend's own]
    #[arg(short, long, value_name = "NAME")]
    pub model: Option<String>,
    /// The key itself, which process lists and shell histories show: prefer the ways below
    #[arg(short, long, value_name = "KEY")]
    pub password: Option<String>,
    /// Environment variable that holds the key
    #[arg(long, value_name = "NAME")]
    pub password_env: Option<String>,
    /// File that holds the key; - reads it from standard input
    #[arg(long, value_name = "PATH")]
    pub password_file: Option<String>,
    /// Keep the key in the system's keyring
    #[cfg(feature = "keyring")]
    #[arg(long)]
    pub keyring: bool,
    /// Base URL of the API, with or without /v1
    #[arg(short = 'u', long, value_name = "URL")]
    pub baseurl: Option<String>,
    /// Proxy for calls to this provider
    #[arg(long, alias = "proxyEndpoint", value_name = "URL")]
    pub proxy_endpoint: Option<String>,
    /// Headers for each call, as Name:value; repeat or separate by commas
    #[arg(long, alias = "customHeaders", value_name = "HEADERS")]
    pub custom_headers: Vec<String>,
    /// Endpoint (Amazon SageMaker)
    #[arg(short = 'n', long, alias = "endpoint-name", value_name = "NAME")]
    pub endpointname: Option<String>,
    /// Deployment (Azure OpenAI)
    #[arg(short, long, value_name = "NAME")]
    pub engine: Option<String>,
    /// Region (AWS, Google Vertex AI, OCI)
    #[arg(short = 'r', long = "providerRegion", alias = "provider-region", value_name = "REGION")]
    pub provider_region: Option<String>,
    /// Project (Google Vertex AI, IBM watsonx.ai)
    #[arg(short = 'i', long = "providerId", alias = "provider-id", value_name = "ID")]
    pub provider_id: Option<String>,
    /// Compartment (OCI)
    #[arg(short = 'k', long = "compartmentId", alias = "compartment-id", value_name = "ID")]
    pub compartment_id: Option<String>,
    /// Organization (OpenAI)
    #[arg(short = 'o', long = "organizationId", alias = "organization-id", value_name = "ID")]
    pub organization_id: Option<String>,
    /// AZURE, AZURE_AD or CLOUDFLARE_AZURE (Azure OpenAI)
    #[arg(short = 'a', long = "azureAPIType", alias = "azure-api-type", value_name = "TYPE")]
    pub azure_api_type: Option<String>,
    /// Version of the API, a date (Azure OpenAI)
    #[arg(long = "azureAPIVersion", alias = "azure-api-version", value_name = "DATE")]
    pub azure_api_version: Option<String>,
    /// Sampling temperature, 0 to 2; some backends refuse more than 1
    #[arg(short, long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub temperature: Option<String>,
    /// Nucleus sampling, 0 to 1
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub topp: Option<String>,
    /// How many tokens are candidates at each step, from 1 on
    #[arg(short = 'c', long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub topk: Option<String>,
    /// Most tokens of an answer
    #[arg(short = 'l', long, value_name = "NUMBER", allow_negative_numbers = true)]
    pub maxtokens: Option<String>,
    /// Texts that end an answer, separated by commas
    #[arg(short = 's', long, value_name = "TEXTS")]
    pub stopsequences: Option<String>,
    /// Seconds that one call may take [default: 60]
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    pub timeout: Option<String>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Settings")
    }
}

#[derive(Args, Debug)]
pub struct GenerateArgs {
    /// The AI backend
    #[arg(short, long, value_name = "NAME", default_value = "openai")]
    pub backend: String,
}
