//! AI backends.

mod faults;
mod refused;
mod sdk;
mod server;
mod settings;
mod signed;
mod streams;
mod urls;

use explain::{
    Ask, Backend, BackendError, Decimal, Message, Parameters, Provider, Reply, Role, Surroundings,
};
use serde_json::{Value, json};
use view::Sensitive;

/// The key of all tests: it must never come back.
pub const KEY: &str = "canary-key-0123456789";

pub fn sealed(text: &str) -> Sensitive {
    Sensitive::new(text.as_bytes())
}

/// The question that the recordings of the SDKs hold.
pub fn question(schema: bool) -> Ask {
    let message = |role, text: &str| Message { role, text: text.to_owned() };
    Ask {
        messages: vec![
            message(Role::System, "You are an expert of Kubernetes."),
            message(Role::User, "Why is pod web pending?"),
        ],
        schema: schema.then(|| {
            json!({
                "type": "object",
                "properties": { "cause": { "type": "string" } },
                "required": ["cause"],
                "additionalProperties": false,
            })
        }),
    }
}

/// All parameters, as the recordings have them.
pub fn parameters() -> Parameters {
    Parameters {
        temperature: Decimal::new(0.25),
        top_p: Decimal::new(0.5),
        top_k: Some(40),
        max_tokens: Some(64),
        stop_sequences: vec!["END".to_owned()],
    }
}

/// The key file of a service account that exists nowhere.
pub fn service_account() -> String {
    json!({
        "type": "service_account",
        "private_key": include_str!("data/test_key.pem"),
        "private_key_id": "1",
        "client_email": "nobody@example.iam.gserviceaccount.com",
    })
    .to_string()
}

/// A provider with everything that any backend needs.
pub fn provider(name: &str, url: &str) -> Provider {
    let model = match name {
        "openai" | "litellm" => "gpt-4o",
        "azureopenai" => "gpt",
        "localai" => "llama",
        "anthropic" => "claude-3-haiku-20240307",
        "google" | "googlevertexai" => "gemini-2.5-flash",
        "ollama" => "llama3",
        "cohere" => "command-a-03-2025",
        "amazonbedrock" => "anthropic.claude-3-haiku-20240307-v1:0",
        "amazonbedrockconverse" => {
            "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0"
        }
        "groq" => "llama-3.3-70b-versatile",
        "huggingface" => "meta-llama/Llama-3.3-70B-Instruct",
        "bedrockmantle" => "openai.gpt-oss-120b",
        "ibmwatsonxai" => "ibm/granite-13b-chat-v2",
        "oci" => "meta.llama-3.3-70b-instruct",
        _ => "model",
    };
    let cloud = ["amazonbedrock", "amazonbedrockconverse", "amazonsagemaker", "oci"];
    let password = match name {
        "googlevertexai" => Some(sealed(&service_account())),
        name if cloud.contains(&name) => None,
        _ => Some(sealed(KEY)),
    };
    Provider {
        name: name.to_owned(),
        model: Some(model.to_owned()),
        password,
        base_url: Some(sealed(url)),
        endpoint_name: (name == "amazonsagemaker").then(|| "chat".to_owned()),
        engine: (name == "azureopenai").then(|| "gpt".to_owned()),
        provider_region: Some(if name == "googlevertexai" { "europe-west4" } else { "eu-west-1" }.to_owned()),
        provider_id: Some("project-1".to_owned()),
        compartment_id: Some("ocid1.compartment.oc1..aaaa".to_owned()),
        organization_id: (name == "openai").then(|| "org-1".to_owned()),
        azure_api_version: Some("2024-10-21".to_owned()),
        ..Provider::default()
    }
}

/// An environment in which every cloud has credentials; `url` stands for IBM's token service.
pub fn surroundings(url: &str) -> Surroundings {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/backend/data");
    Surroundings::new(|name| {
        Some(match name {
            "AWS_ACCESS_KEY_ID" => "AKIDRECORDER".to_owned(),
            "AWS_SECRET_ACCESS_KEY" => KEY.to_owned(),
            "AWS_SESSION_TOKEN" => format!("token-{KEY}"),
            "IBMCLOUD_IAM_API_ENDPOINT" => url.to_owned(),
            "OCI_CONFIG_FILE" => format!("{dir}/oci.ini"),
            "HOME" => dir.to_owned(),
            _ => return None,
        })
    })
}

/// A backend whose endpoint is at this URL.
pub fn backend(name: &str, url: &str) -> Backend {
    Backend::new(&provider(name, url), &surroundings(url), &[]).unwrap()
}

/// The reply, and the pieces in which it came.
pub async fn asked(backend: &Backend, ask: &Ask) -> (Result<Reply, BackendError>, Vec<String>) {
    let mut pieces = Vec::new();
    let reply = backend.ask(ask, &mut |piece: &str| pieces.push(piece.to_owned())).await;
    (reply, pieces)
}

/// The body of a request.
pub fn body(request: &server::Request) -> Value {
    serde_json::from_slice(&request.body).unwrap_or_default()
}
