//! How a request shows who asks.

mod aws;
mod google;
mod ibm;
mod oci;
mod profile;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::info::Protocol;
use super::secrets::Secrets;
use super::setup::{Azure, Setup, sealed_header, text};
use super::{BackendError, Surroundings};
use crate::Provider;

/// One of the ways.
pub(super) enum Auth {
    /// None, or a header of the user.
    Open,
    /// A key in a header.
    Key(HeaderName, HeaderValue),
    /// Signature Version 4.
    Aws(aws::Aws),
    /// A token of Google.
    Google(google::Google),
    /// A token of IBM Cloud for an API key.
    Ibm(ibm::Ibm),
    /// A signature with an RSA key.
    Oci(oci::Oci),
}

impl Auth {
    pub(super) fn of(
        setup: &Setup,
        provider: &Provider,
        around: &Surroundings,
    ) -> Result<Auth, BackendError> {
        let key = provider.password.as_ref().and_then(text);
        let name = setup.info.name;
        match (setup.info.protocol, key) {
            (Protocol::Noop, _) => Ok(Auth::Open),
            (Protocol::SageMaker, _) => aws::Aws::of(setup, around, "sagemaker").map(Auth::Aws),
            (Protocol::Converse, key) => match key.or_else(|| around.get("AWS_BEARER_TOKEN_BEDROCK")) {
                Some(token) => header(setup, "authorization", &format!("Bearer {token}")),
                None => aws::Aws::of(setup, around, "bedrock").map(Auth::Aws),
            },
            (Protocol::OpenAi, key) if name == "bedrockmantle" => {
                match key.or_else(|| around.get("AWS_BEARER_TOKEN_BEDROCK")) {
                    Some(token) => header(setup, "authorization", &format!("Bearer {token}")),
                    None => Err(BackendError::Missing {
                        backend: name.to_owned(),
                        what: "a bearer token of Amazon Bedrock",
                        how: "AWS_BEARER_TOKEN_BEDROCK",
                    }),
                }
            }
            (Protocol::Gemini, Some(key)) if key.starts_with('{') => {
                google::Google::of(Some(key), around).map(Auth::Google)
            }
            (Protocol::Gemini, Some(key)) if name == "google" => header(setup, "x-goog-api-key", key),
            (Protocol::Gemini, _) => google::Google::of(None, around).map(Auth::Google),
            (Protocol::Oci, _) => oci::Oci::of(around).map(Auth::Oci),
            (Protocol::Watsonx, Some(key)) => ibm::Ibm::of(key, around).map(Auth::Ibm),
            (Protocol::Anthropic, Some(key)) => header(setup, "x-api-key", key),
            (Protocol::OpenAi, Some(key)) if name == "azureopenai" && setup.azure != Azure::Directory => {
                header(setup, "api-key", key)
            }
            (_, Some(key)) => header(setup, "authorization", &format!("Bearer {key}")),
            (_, None) => match &setup.basic {
                Some(basic) => Ok(Auth::Key(AUTHORIZATION, basic.clone())),
                None => Ok(Auth::Open),
            },
        }
    }

    /// True when it is the user and password of the base URL.
    pub(super) fn is_basic(&self, setup: &Setup) -> bool {
        matches!(self, Auth::Key(_, value) if setup.basic.as_ref() == Some(value))
    }

    /// Adds what shows who asks. New secrets come into `secrets`.
    pub(super) async fn apply(
        &self,
        url: &Url,
        headers: &mut HeaderMap,
        body: &[u8],
        secrets: &mut Secrets,
    ) -> Result<(), BackendError> {
        let token = match self {
            Auth::Open => return Ok(()),
            Auth::Key(name, value) => {
                headers.insert(name, value.clone());
                return Ok(());
            }
            Auth::Aws(aws) => return aws.sign(url, headers, body, secrets).await,
            Auth::Oci(oci) => return oci.sign(url, headers, body),
            Auth::Google(google) => google.token().await?,
            Auth::Ibm(ibm) => ibm.token(secrets).await?,
        };
        secrets.add(token.as_bytes());
        let value = sealed_header(&format!("Bearer {token}")).ok_or_else(|| BackendError::Credentials {
            origin: "the token service".to_owned(),
            reason: "its token holds characters that no header can".to_owned(),
        })?;
        headers.insert(AUTHORIZATION, value);
        Ok(())
    }
}

fn header(setup: &Setup, name: &'static str, value: &str) -> Result<Auth, BackendError> {
    match sealed_header(value) {
        Some(value) => Ok(Auth::Key(HeaderName::from_static(name), value)),
        None => Err(BackendError::Setting {
            backend: setup.info.name.to_owned(),
            what: "the API key",
            reason: "it holds characters that no header can; copy it again, without line breaks".to_owned(),
        }),
    }
}
