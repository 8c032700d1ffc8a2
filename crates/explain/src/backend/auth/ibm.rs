//! Tokens of IBM Cloud, which are given for an API key.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::sync::Mutex;
use view::Sensitive;

use super::super::address;
use super::super::client;
use super::super::secrets::Secrets;
use super::super::send::reason;
use super::super::{BackendError, Surroundings};

const LIMIT: Duration = Duration::from_secs(20);
/// A token is renewed before it expires.
const EARLY: Duration = Duration::from_secs(60);
/// Largest answer of the token service, in bytes.
const LARGEST: usize = 64 << 10;

/// An API key, and the token that it last brought.
pub(in super::super) struct Ibm {
    key: Sensitive,
    url: String,
    client: reqwest::Client,
    token: Mutex<Option<(Sensitive, Instant)>>,
}

impl Ibm {
    pub(super) fn of(key: &str, around: &Surroundings) -> Result<Ibm, BackendError> {
        let base = around.get("IBMCLOUD_IAM_API_ENDPOINT").unwrap_or("https://iam.cloud.ibm.com");
        let base = address::permitted(base, around.is_true("K8SGPT_ALLOW_HTTP")).map_err(|reason| {
            BackendError::Setting {
                backend: "ibmwatsonxai".to_owned(),
                what: "IBMCLOUD_IAM_API_ENDPOINT",
                reason,
            }
        })?;
        let url = format!("{}/identity/token", address::shown(&base));
        let client = client::credentials(client::is_local(&url), LIMIT)?;
        Ok(Ibm { key: Sensitive::new(key.as_bytes()), url, client, token: Mutex::new(None) })
    }

    pub(super) async fn token(&self, secrets: &mut Secrets) -> Result<String, BackendError> {
        let mut held = self.token.lock().await;
        if let Some((token, until)) = &*held
            && Instant::now() < *until
            && let Ok(token) = std::str::from_utf8(token.expose_for_computation())
        {
            return Ok(token.to_owned());
        }
        secrets.add(self.key.expose_for_computation());
        let (token, seconds) = self.fresh(secrets).await?;
        let until = Instant::now() + Duration::from_secs(seconds.min(86_400)).saturating_sub(EARLY);
        *held = Some((Sensitive::new(token.as_bytes()), until));
        Ok(token)
    }

    async fn fresh(&self, secrets: &Secrets) -> Result<(String, u64), BackendError> {
        let failed = |reason: String| BackendError::Credentials { origin: self.url.clone(), reason };
        let key = std::str::from_utf8(self.key.expose_for_computation()).unwrap_or_default();
        let mut form = reqwest::Url::parse("http://form").map_err(|error| failed(error.to_string()))?;
        form.query_pairs_mut()
            .append_pair("grant_type", "urn:ibm:params:oauth:grant-type:apikey")
            .append_pair("apikey", key);
        let request = self
            .client
            .post(&self.url)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap_or_default().to_owned());
        let mut response = request.send().await.map_err(|error| failed(secrets.quoted(&reason(&error))))?;
        let status = response.status();
        let mut bytes = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            if bytes.len() + chunk.len() > LARGEST {
                break;
            }
            bytes.extend_from_slice(&chunk);
        }
        let answer: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let token = answer.get("access_token").and_then(Value::as_str);
        match token.filter(|_| status.is_success()) {
            Some(token) => {
                let seconds = answer.get("expires_in").and_then(Value::as_u64).unwrap_or(600);
                Ok((token.to_owned(), seconds))
            }
            None => {
                let said = answer.get("errorMessage").and_then(Value::as_str).unwrap_or_default();
                let said = secrets.quoted(said);
                Err(failed(format!("HTTP {}: {said}; check the API key of IBM Cloud", status.as_u16())))
            }
        }
    }
}
