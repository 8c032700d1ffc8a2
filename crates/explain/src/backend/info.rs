//! Which backends there are.

/// How a backend is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Chat completions of OpenAI, which most servers speak.
    OpenAi,
    /// Messages of Anthropic.
    Anthropic,
    /// `generateContent` of Gemini, on both of Google's platforms.
    Gemini,
    /// The native chat of Ollama.
    Ollama,
    /// Chat of Cohere, version 2.
    Cohere,
    /// Converse of Amazon Bedrock.
    Converse,
    /// An endpoint of Amazon SageMaker.
    SageMaker,
    /// Chat of IBM watsonx.ai.
    Watsonx,
    /// Generative AI of Oracle Cloud Infrastructure.
    Oci,
    /// A service of one's own.
    CustomRest,
    /// Nothing at all.
    Noop,
}

impl Protocol {
    /// Its name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Protocol::OpenAi => "an OpenAI-compatible API",
            Protocol::Anthropic => "the Anthropic API",
            Protocol::Gemini => "the Gemini API",
            Protocol::Ollama => "Ollama",
            Protocol::Cohere => "the Cohere API",
            Protocol::Converse => "Amazon Bedrock",
            Protocol::SageMaker => "an Amazon SageMaker endpoint",
            Protocol::Watsonx => "watsonx.ai",
            Protocol::Oci => "OCI Generative AI",
            Protocol::CustomRest => "a custom REST backend",
            Protocol::Noop => "noopai",
        }
    }
}

/// One backend, for documentation and `auth`.
#[derive(Clone, Copy, Debug)]
pub struct BackendInfo {
    /// As it is configured.
    pub name: &'static str,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Keys of the configuration without which it cannot be called.
    pub needs: &'static [&'static str],
    /// Asked when no model is configured; none: one must be.
    pub model: Option<&'static str>,
    /// Asked when no base URL is configured; none: one must be. `{region}` stands for the region.
    pub url: Option<&'static str>,
    /// Whether answers come piece by piece.
    pub streams: bool,
    /// Keys of the configuration that say how the model answers and that are sent when they are set.
    pub parameters: &'static [&'static str],
}

const ALL: &[&str] = &["temperature", "topp", "topk", "maxtokens", "stopsequences"];
const NO_TOPK: &[&str] = &["temperature", "topp", "maxtokens", "stopsequences"];
const KEY: &[&str] = &["password"];

const fn row(name: &'static str, protocol: Protocol) -> BackendInfo {
    let streams = !matches!(protocol, Protocol::SageMaker | Protocol::Oci | Protocol::CustomRest);
    BackendInfo { name, protocol, needs: &[], model: None, url: None, streams, parameters: ALL }
}

/// All backends, in the order in which they are listed.
pub const BACKENDS: &[BackendInfo] = &[
    BackendInfo {
        needs: KEY,
        model: Some("gpt-4o"),
        url: Some("https://api.openai.com/v1"),
        parameters: NO_TOPK,
        ..row("openai", Protocol::OpenAi)
    },
    BackendInfo {
        needs: KEY,
        model: Some("claude-sonnet-5"),
        url: Some("https://api.anthropic.com"),
        ..row("anthropic", Protocol::Anthropic)
    },
    BackendInfo { needs: &["baseurl", "model"], ..row("localai", Protocol::OpenAi) },
    BackendInfo {
        model: Some("llama3"),
        url: Some("http://localhost:11434"),
        ..row("ollama", Protocol::Ollama)
    },
    BackendInfo {
        needs: &["password", "engine", "baseurl"],
        parameters: NO_TOPK,
        ..row("azureopenai", Protocol::OpenAi)
    },
    BackendInfo {
        needs: KEY,
        model: Some("command-a-03-2025"),
        url: Some("https://api.cohere.com"),
        ..row("cohere", Protocol::Cohere)
    },
    BackendInfo {
        needs: &["providerregion", "model"],
        url: Some("https://bedrock-runtime.{region}.amazonaws.com"),
        ..row("amazonbedrock", Protocol::Converse)
    },
    BackendInfo {
        needs: &["providerregion", "model"],
        url: Some("https://bedrock-runtime.{region}.amazonaws.com"),
        ..row("amazonbedrockconverse", Protocol::Converse)
    },
    BackendInfo {
        needs: &["providerregion", "endpointname"],
        url: Some("https://runtime.sagemaker.{region}.amazonaws.com"),
        ..row("amazonsagemaker", Protocol::SageMaker)
    },
    BackendInfo {
        needs: KEY,
        model: Some("gemini-2.5-flash"),
        url: Some("https://generativelanguage.googleapis.com"),
        ..row("google", Protocol::Gemini)
    },
    row("noopai", Protocol::Noop),
    BackendInfo {
        needs: &["password", "model"],
        url: Some("https://router.huggingface.co/v1"),
        parameters: NO_TOPK,
        ..row("huggingface", Protocol::OpenAi)
    },
    BackendInfo {
        needs: &["providerid"],
        model: Some("gemini-2.5-flash"),
        url: Some("https://{region}-aiplatform.googleapis.com"),
        ..row("googlevertexai", Protocol::Gemini)
    },
    BackendInfo {
        needs: &["compartmentid", "model"],
        url: Some("https://inference.generativeai.{region}.oci.oraclecloud.com"),
        ..row("oci", Protocol::Oci)
    },
    BackendInfo { url: Some("http://localhost:11434"), ..row("customrest", Protocol::CustomRest) },
    BackendInfo {
        needs: &["password", "providerid"],
        model: Some("ibm/granite-13b-chat-v2"),
        url: Some("https://{region}.ml.cloud.ibm.com"),
        parameters: NO_TOPK,
        ..row("ibmwatsonxai", Protocol::Watsonx)
    },
    BackendInfo {
        needs: KEY,
        model: Some("llama-3.3-70b-versatile"),
        url: Some("https://api.groq.com/openai/v1"),
        parameters: NO_TOPK,
        ..row("groq", Protocol::OpenAi)
    },
    BackendInfo {
        needs: &["providerregion", "model"],
        url: Some("https://bedrock-mantle.{region}.api.aws/v1"),
        parameters: NO_TOPK,
        ..row("bedrockmantle", Protocol::OpenAi)
    },
    BackendInfo {
        needs: &["model"],
        url: Some("http://localhost:4000/v1"),
        ..row("litellm", Protocol::OpenAi)
    },
];

/// The backend of this name, in whatever case.
pub(super) fn find(name: &str) -> Option<&'static BackendInfo> {
    BACKENDS.iter().find(|info| info.name.eq_ignore_ascii_case(name))
}
