//! What is needed to call each backend, and where its keys are made.

use super::settings::Setting;

/// A backend by its name in the configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct Backend {
    /// Its name.
    pub name: &'static str,
    /// It works without a key.
    pub passwordless: bool,
    /// Settings beside the key without which it cannot be called.
    pub required: &'static [Setting],
    /// Page on which keys are made, or which tells how to run it; empty where there is none.
    pub key_page: &'static str,
}

/// Where the key of an Amazon service comes from.
const AWS: &str = "https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html";

const fn keyed(name: &'static str, required: &'static [Setting], key_page: &'static str) -> Backend {
    Backend { name, passwordless: false, required, key_page }
}

const fn open(name: &'static str, required: &'static [Setting], key_page: &'static str) -> Backend {
    Backend { name, passwordless: true, required, key_page }
}

/// Every backend, in the order of the original.
pub const BACKENDS: &[Backend] = &[
    keyed("openai", &[], "https://platform.openai.com/api-keys"),
    keyed("anthropic", &[], "https://console.anthropic.com/settings/keys"),
    open("localai", &[], "https://localai.io/"),
    open("ollama", &[], "https://ollama.com/download"),
    keyed("azureopenai", &[Setting::Engine, Setting::BaseUrl], "https://ai.azure.com/"),
    keyed("cohere", &[], "https://dashboard.cohere.com/api-keys"),
    open("amazonbedrock", &[Setting::ProviderRegion], AWS),
    open("amazonbedrockconverse", &[Setting::ProviderRegion], AWS),
    open("amazonsagemaker", &[Setting::ProviderRegion, Setting::EndpointName], AWS),
    keyed("google", &[], "https://aistudio.google.com/apikey"),
    open("noopai", &[], ""),
    keyed("huggingface", &[], "https://huggingface.co/settings/tokens"),
    open(
        "googlevertexai",
        &[Setting::ProviderId],
        "https://cloud.google.com/docs/authentication/provide-credentials-adc",
    ),
    open(
        "oci",
        &[Setting::CompartmentId],
        "https://docs.oracle.com/en-us/iaas/Content/API/Concepts/apisigningkey.htm",
    ),
    open("customrest", &[], ""),
    keyed("ibmwatsonxai", &[Setting::ProviderId], "https://cloud.ibm.com/iam/apikeys"),
    keyed("groq", &[], "https://console.groq.com/keys"),
    open(
        "bedrockmantle",
        &[Setting::ProviderRegion],
        "https://console.aws.amazon.com/bedrock/home#/api-keys",
    ),
    open("litellm", &[], "https://docs.litellm.ai/docs/proxy/virtual_keys"),
];

/// The backend of this name, in any case.
pub fn backend(name: &str) -> Option<&'static Backend> {
    BACKENDS.iter().find(|backend| backend.name.eq_ignore_ascii_case(name.trim()))
}
