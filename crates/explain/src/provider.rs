//! What is configured of an AI provider.

use std::path::PathBuf;
use view::Sensitive;

/// An AI provider as the configuration file or the environment describes it. Has no `Debug`: it holds a
/// password. A parameter that is absent is not sent; the backend's own default holds then.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Provider {
    /// Name of the backend (`openai`, `ollama`).
    pub name: String,
    /// Model to ask; the backend's own default when absent.
    pub model: Option<String>,
    /// API key, or the text of a service account's key file.
    pub password: Option<Sensitive>,
    /// Where the key is kept when it is not here; it is read when the provider is about to be called.
    pub key_place: Option<KeyPlace>,
    /// Base URL, with or without `/v1`; sealed because it may carry credentials.
    pub base_url: Option<Sensitive>,
    /// URL of the proxy for calls to this provider; sealed because it may carry credentials.
    pub proxy_endpoint: Option<Sensitive>,
    /// Name of the endpoint (Amazon SageMaker).
    pub endpoint_name: Option<String>,
    /// Deployment (Azure OpenAI).
    pub engine: Option<String>,
    /// Region (AWS, Google Vertex AI, OCI).
    pub provider_region: Option<String>,
    /// Project (Google Vertex AI, IBM watsonx.ai).
    pub provider_id: Option<String>,
    /// Compartment (OCI).
    pub compartment_id: Option<String>,
    /// Organization (OpenAI).
    pub organization_id: Option<String>,
    /// `AZURE`, `AZURE_AD` or `CLOUDFLARE_AZURE`.
    pub azure_api_type: Option<String>,
    /// Version of Azure's API, a date.
    pub azure_api_version: Option<String>,
    /// Headers for each call; values are sealed because they may be credentials.
    pub custom_headers: Vec<(String, Sensitive)>,
    /// Numbers as they were written, so that they are sent as they were written.
    pub parameters: Parameters,
    /// Seconds that one call may take; 60 when absent.
    pub timeout_seconds: Option<u64>,
}

/// Where a key is kept outside of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyPlace {
    /// An environment variable of this name.
    Variable(String),
    /// A file that holds the key and nothing else.
    File(PathBuf),
    /// The system's keyring, under the provider's name.
    Keyring,
}

/// How a model is to answer. What is absent is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters {
    /// Sampling temperature, a decimal number.
    pub temperature: Option<Decimal>,
    /// Nucleus sampling, a decimal number.
    pub top_p: Option<Decimal>,
    /// How many tokens are candidates at each step.
    pub top_k: Option<u32>,
    /// Most tokens of an answer.
    pub max_tokens: Option<u32>,
    /// Texts that end an answer.
    pub stop_sequences: Vec<String>,
}

/// A decimal number that is equal to itself: compared and hashed by its bits.
#[derive(Clone, Copy, Debug, Default)]
pub struct Decimal(f64);

impl Decimal {
    /// A finite number; `None` for anything else.
    pub fn new(number: f64) -> Option<Decimal> {
        // Adding zero makes one zero of two.
        number.is_finite().then_some(Decimal(number + 0.0))
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Decimal) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Eq for Decimal {}
