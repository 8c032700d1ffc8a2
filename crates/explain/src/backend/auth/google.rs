//! Tokens of Google: of a service account's key, or of the environment.

use std::sync::Arc;
use std::time::Duration;

use object_store::RetryConfig;
use object_store::gcp::{GcpCredentialProvider, GoogleCloudStorageBuilder};
use serde_json::Value;

use super::super::client::{self, Connector};
use super::super::{BackendError, Surroundings};

const LIMIT: Duration = Duration::from_secs(20);

/// Knows where tokens come from, and keeps them until they expire.
pub(in super::super) struct Google {
    provider: GcpCredentialProvider,
    origin: String,
}

impl Google {
    /// Of this key file's text; without one, of the application default credentials.
    pub(super) fn of(key: Option<&str>, around: &Surroundings) -> Result<Google, BackendError> {
        let builder = GoogleCloudStorageBuilder::new().with_bucket_name("unused");
        let usual = ".config/gcloud/application_default_credentials.json";
        let file = around.file(&["GOOGLE_APPLICATION_CREDENTIALS"], usual);
        let named = around.get("GOOGLE_APPLICATION_CREDENTIALS").is_some();
        let (builder, origin, near) = match (key, file) {
            (Some(key), _) => {
                let origin = "the service account's key".to_owned();
                complete(key, &origin)?;
                (builder.with_service_account_key(key), origin, false)
            }
            (None, Some(file)) if named || file.exists() => {
                if let Err(error) = std::fs::File::open(&file) {
                    return Err(BackendError::File { path: file, reason: error.to_string() });
                }
                let path = file.to_string_lossy().into_owned();
                (builder.with_application_credentials(&path), path, false)
            }
            _ => (builder, "the metadata service of this machine".to_owned(), true),
        };
        let retry = RetryConfig { max_retries: 1, retry_timeout: LIMIT, ..RetryConfig::default() };
        let connector = Connector(client::credentials(near, LIMIT)?);
        match builder.with_http_connector(connector).with_retry(retry).build() {
            Ok(store) => Ok(Google { provider: Arc::clone(store.credentials()), origin }),
            Err(_) => Err(BackendError::Credentials { origin, reason: UNUSABLE.to_owned() }),
        }
    }

    pub(super) async fn token(&self) -> Result<String, BackendError> {
        let failed = |reason: &str| BackendError::Credentials {
            origin: self.origin.clone(),
            reason: reason.to_owned(),
        };
        match tokio::time::timeout(LIMIT, self.provider.get_credential()).await {
            Ok(Ok(credential)) => Ok(credential.bearer.clone()),
            Ok(Err(_)) => Err(failed(
                "no token came; run `gcloud auth application-default login`, or set GOOGLE_APPLICATION_CREDENTIALS",
            )),
            Err(_) => Err(failed("no token came in time")),
        }
    }
}

const UNUSABLE: &str = "it is neither the key of a service account nor the login of a user; create a key, or run \
                        `gcloud auth application-default login`";

/// The library's error would quote the text.
fn complete(key: &str, origin: &str) -> Result<(), BackendError> {
    let value: Value = serde_json::from_str(key).unwrap_or_default();
    let there = |field: &str| value.get(field).is_some_and(Value::is_string);
    match ["private_key", "private_key_id", "client_email"].into_iter().find(|field| !there(field)) {
        None => Ok(()),
        Some(field) => {
            let reason = format!("it has no {field}; copy the whole JSON file");
            Err(BackendError::Credentials { origin: origin.to_owned(), reason })
        }
    }
}
