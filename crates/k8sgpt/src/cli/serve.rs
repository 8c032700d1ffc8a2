//! The arguments of `serve`.

use clap::Args;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  k8sgpt serve --mcp                              an MCP client starts this and talks over stdin and stdout
  k8sgpt serve --mcp --mcp-http --mcp-port 8089   MCP over HTTP at http://localhost:8089/mcp
  k8sgpt serve --mcp --mcp-http --demo            the same for the demo cluster, no cluster needed

Variables that describe an AI provider, or override single settings of the configured one of that name; they are
never written to a file: K8SGPT_BACKEND, K8SGPT_PASSWORD, K8SGPT_MODEL, K8SGPT_BASEURL, K8SGPT_ENGINE,
K8SGPT_AZURE_API_TYPE, K8SGPT_AZURE_API_VERSION, K8SGPT_PROXY_ENDPOINT, K8SGPT_PROVIDER_ID, K8SGPT_CUSTOM_HEADERS,
K8SGPT_TEMPERATURE, K8SGPT_TOP_P, K8SGPT_TOP_K, K8SGPT_MAX_TOKENS, K8SGPT_REGION, K8SGPT_ENDPOINT_NAME,
K8SGPT_COMPARTMENT_ID, K8SGPT_ORGANIZATION_ID, K8SGPT_STOP_SEQUENCES, K8SGPT_TIMEOUT_SECONDS.

What is printed goes to standard error; standard output carries MCP messages and nothing else.";

#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct ServeArgs {
    /// Serve the Model Context Protocol, over stdin and stdout unless --mcp-http is given
    #[arg(long)]
    pub mcp: bool,
    /// Serve it over HTTP
    #[arg(long)]
    pub mcp_http: bool,
    /// Port for HTTP
    #[arg(long, default_value_t = 8089, value_name = "PORT")]
    pub mcp_port: u16,
    /// Address or address:port to listen on instead of this machine's loopback; repeat or separate by commas
    #[arg(
        long,
        env = "K8SGPT_LISTEN",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "ADDRESS"
    )]
    pub listen: Vec<String>,
    /// Further names by which clients may call the server: host, host:port, *.suffix
    #[arg(
        long,
        env = "K8SGPT_ALLOWED_HOSTS",
        hide_env_values = true,
        value_delimiter = ',',
        value_name = "HOST"
    )]
    pub allowed_hosts: Vec<String>,
    /// File with the token that HTTP clients must send as `Authorization: Bearer …` [env: K8SGPT_TOKEN, the
    /// token itself]
    #[arg(long, value_name = "PATH")]
    pub token_file: Option<PathBuf>,
    /// Let everybody who can connect in, without a token
    #[arg(long)]
    pub allow_unauthenticated: bool,
    /// File of known faults that are not shown [default: ignore.yaml beside the configuration file]
    #[arg(long, value_name = "PATH")]
    pub ignore_file: Option<PathBuf>,
    /// AI provider that explains [default: the one of K8SGPT_BACKEND, else the configured one; see k8sgpt auth]
    #[arg(short, long, value_name = "NAME")]
    pub backend: Option<String>,
    /// Accepted for compatibility
    #[arg(short, long, hide = true)]
    pub port: Option<String>,
    /// Accepted for compatibility
    #[arg(short, long, hide = true)]
    pub metrics_port: Option<String>,
    /// Accepted for compatibility
    #[arg(long, hide = true)]
    pub http: bool,
    /// Accepted for compatibility
    #[arg(long, hide = true, value_delimiter = ',')]
    pub filter: Vec<String>,
}
