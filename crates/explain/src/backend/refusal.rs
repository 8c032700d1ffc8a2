//! What an endpoint says when it refuses, and what to change.

use serde_json::Value;

use super::BackendError;
use super::info::Protocol;
use super::secrets::Secrets;
use super::setup::Setup;

/// A status that is no success.
pub(super) struct Refusal<'a> {
    pub(super) setup: &'a Setup,
    pub(super) endpoint: String,
    pub(super) status: u16,
    pub(super) secrets: &'a Secrets,
}

impl Refusal<'_> {
    /// The error for this body, and whether another try may do better.
    pub(super) fn told(&self, body: &[u8]) -> (BackendError, bool) {
        let text = String::from_utf8_lossy(body);
        let value: Value = serde_json::from_str(&text).unwrap_or_default();
        let said = match message(&value) {
            Some(message) => self.secrets.quoted(&message),
            None => match self.secrets.quoted(&text) {
                empty if empty.is_empty() => "no reason given".to_owned(),
                other => other,
            },
        };
        let (endpoint, status) = (self.endpoint.clone(), self.status);
        let lower = said.to_ascii_lowercase();
        match status {
            401 | 403 => (BackendError::Key { endpoint, status, said, hint: self.key_hint(&lower) }, false),
            404 => (BackendError::NotFound { endpoint, model: self.setup.model.clone(), said }, false),
            // AWS and Google answer 400 where others answer 401 or 404.
            400 if lower.contains("api key not valid") || lower.contains("api_key_invalid") => {
                (BackendError::Key { endpoint, status, said, hint: self.key_hint(&lower) }, false)
            }
            400 if lower.contains("model identifier is invalid") => {
                (BackendError::NotFound { endpoint, model: self.setup.model.clone(), said }, false)
            }
            429 => {
                let empty = ["insufficient_quota", "exceeded your current quota", "billing"];
                let empty = empty.iter().any(|word| lower.contains(word) || text.contains(word));
                let hint = match empty {
                    true => "add credit or raise the limit of the account, or choose another backend",
                    false => "wait, lower the concurrency, or choose another model",
                };
                (BackendError::Quota { endpoint, said, hint: hint.to_owned() }, !empty)
            }
            500.. => (BackendError::Server { endpoint, status, said }, true),
            _ => {
                let hint = self.request_hint(&lower, &value);
                (BackendError::Rejected { endpoint, status, said, hint }, false)
            }
        }
    }

    fn key_hint(&self, said: &str) -> &'static str {
        match self.setup.info.protocol {
            Protocol::Converse if said.contains("access to the model") || said.contains("bedrock:") => {
                "enable the model in the Bedrock console, and allow bedrock:InvokeModelWithResponseStream"
            }
            Protocol::Converse | Protocol::SageMaker => {
                "check the AWS credentials, the region and their IAM permissions"
            }
            Protocol::Oci => "check ~/.oci/config, its fingerprint, and the policies of the compartment",
            Protocol::Gemini if self.setup.info.name == "googlevertexai" => {
                "check the project, and grant roles/aiplatform.user"
            }
            _ => "check the key with `k8sgpt auth update`, and what it is allowed",
        }
    }

    /// Which of our own settings the message names.
    fn request_hint(&self, said: &str, value: &Value) -> String {
        let param = value.pointer("/error/param").and_then(Value::as_str).unwrap_or_default();
        let names: &[(&[&str], &str)] = &[
            (&["temperature"], "temperature"),
            (&["top_p", "topp"], "topp"),
            (&["top_k", "topk"], "topk"),
            (&["max_tokens", "max_completion_tokens", "maxtokens", "maxoutputtokens"], "maxtokens"),
            (&["stop_sequences", "`stop`", "stopsequences"], "stopsequences"),
        ];
        let named = names.iter().find(|(words, _)| words.iter().any(|w| said.contains(w) || param == *w));
        if let Some((_, key)) = named {
            return format!("; change or remove {key} of the provider");
        }
        if said.contains("context length") || said.contains("too long") || self.status == 413 {
            return "; ask about fewer objects, or choose a model with a larger context".to_owned();
        }
        match self.status {
            400 | 422 => "; check --model and the parameters of the provider".to_owned(),
            402 => "; add credit to the account, or choose another backend".to_owned(),
            405 => "; check --baseurl".to_owned(),
            _ => String::new(),
        }
    }
}

/// The message in the forms that the vendors have.
fn message(value: &Value) -> Option<String> {
    const PLACES: &[&str] = &[
        "/error/message",
        "/0/error/message",
        "/errors/0/message",
        "/error/error/message",
        "/detail/message",
        "/message",
        "/Message",
        "/error_description",
        "/error",
        "/detail",
    ];
    let place = PLACES.iter().find_map(|place| value.pointer(place)?.as_str());
    let code = ["/error/code", "/error/type", "/code"].iter().find_map(|at| value.pointer(at)?.as_str());
    match (place, code) {
        (Some(text), Some(code)) if !text.contains(code) => Some(format!("{text} ({code})")),
        (Some(text), _) => Some(text.to_owned()),
        (None, _) => None,
    }
}
