//! The object stores of the vendors, put together from settings and environment.

use super::address::{self, Endpoint};
use super::connection_string;
use super::http::Connector;
use super::{CacheError, Environment, Limits};
use crate::CachePlace;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GcpCredential, GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig, StaticCredentialProvider};
use std::sync::Arc;
use std::time::Duration;

/// Why there is no client.
pub(super) enum Unbuilt {
    /// A setting is wrong.
    Setting(CacheError),
    /// What is wrong with the credentials.
    Credentials(String),
}

impl From<CacheError> for Unbuilt {
    fn from(error: CacheError) -> Unbuilt {
        Unbuilt::Setting(error)
    }
}

type Built = Result<Arc<dyn ObjectStore>, Unbuilt>;

/// The client for a place. Connects to nothing; reads files of credentials.
pub(super) fn build(place: &CachePlace, environment: &Environment, limits: &Limits) -> Built {
    // The second call of a process finds a provider installed, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    check_visible(environment)?;
    match place {
        CachePlace::S3 { region, bucket_name, endpoint, insecure } => {
            let endpoint = match endpoint.as_str() {
                "" => of_environment(environment, &["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])?,
                given => Some(address::endpoint("cache.s3.endpoint", given)?),
            };
            s3(environment, limits, region, bucket_name, endpoint, *insecure)
        }
        CachePlace::Gcs { bucket_name, .. } => gcs(environment, limits, bucket_name),
        CachePlace::Azure { storage_account, container } => {
            azure(environment, limits, storage_account, container)
        }
        CachePlace::File | CachePlace::Interplex { .. } => {
            Err(Unbuilt::Credentials("it is no object store".to_owned()))
        }
    }
}

fn s3(
    environment: &Environment,
    limits: &Limits,
    region: &str,
    bucket: &str,
    endpoint: Option<Endpoint>,
    insecure: bool,
) -> Built {
    let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].map(|name| environment.get(name).is_some());
    match keys {
        [true, false] => return missing("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"),
        [false, true] => return missing("AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"),
        _ => {}
    }
    let others =
        ["AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    if !keys[0] && environment.first(&others).is_none() && environment.is_true("AWS_EC2_METADATA_DISABLED") {
        return missing("none in the environment, and AWS_EC2_METADATA_DISABLED is set");
    }
    let mut builder = AmazonS3Builder::new();
    for (name, value) in environment.starting("AWS_") {
        let key: Option<AmazonS3ConfigKey> = name.to_ascii_lowercase().parse().ok();
        // The endpoint is looked at before it is used.
        let key =
            key.filter(|key| !matches!(key, AmazonS3ConfigKey::Endpoint | AmazonS3ConfigKey::S3Endpoint));
        if let Some(key) = key {
            builder = builder.with_config(key, value);
        }
    }
    if let Some(url) = environment.get("AWS_EC2_METADATA_SERVICE_ENDPOINT") {
        builder = builder.with_metadata_endpoint(url.trim_end_matches('/'));
    }
    let known = environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]).unwrap_or("us-east-1");
    builder = builder
        .with_bucket_name(bucket)
        .with_region(if region.is_empty() { known } else { region })
        // Simple servers know no bulk deletion.
        .with_disable_bulk_delete(true)
        .with_disable_tagging(true)
        .with_client_options(options(insecure))
        .with_retry(retry(limits))
        .with_http_connector(connector(limits, endpoint.as_ref()));
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint.url).with_virtual_hosted_style_request(false);
    }
    finished(builder.build())
}

fn gcs(environment: &Environment, limits: &Limits, bucket: &str) -> Built {
    let mut builder = GoogleCloudStorageBuilder::new();
    for (name, value) in environment.starting("GOOGLE_") {
        if let Ok(key) = name.to_ascii_lowercase().parse::<GoogleConfigKey>()
            && !matches!(key, GoogleConfigKey::BaseUrl)
        {
            builder = builder.with_config(key, value);
        }
    }
    if environment.get("GOOGLE_APPLICATION_CREDENTIALS").is_none() {
        // Where `gcloud auth application-default login` leaves them.
        let base =
            if cfg!(windows) { environment.get("APPDATA").map(Into::into) } else { config_home(environment) };
        let login = base.map(|base| base.join("gcloud").join("application_default_credentials.json"));
        if let Some(path) = login.filter(|path| path.exists()) {
            builder = builder.with_application_credentials(path.to_string_lossy());
        }
    }
    let emulator = environment.get("STORAGE_EMULATOR_HOST").map(|host| match host.contains("://") {
        true => host.to_owned(),
        false => format!("http://{host}"),
    });
    let endpoint = match &emulator {
        Some(url) => Some(address::endpoint("STORAGE_EMULATOR_HOST", url)?),
        None => of_environment(environment, &["GOOGLE_BASE_URL"])?,
    };
    builder = builder
        .with_bucket_name(bucket)
        .with_client_options(options(false))
        .with_retry(retry(limits))
        .with_http_connector(connector(limits, endpoint.as_ref()));
    if emulator.is_some() {
        // An emulator asks for no credentials, and must get none.
        let nobody = GcpCredential { bearer: String::new() };
        builder = builder.with_credentials(Arc::new(StaticCredentialProvider::new(nobody)));
    }
    if let Some(endpoint) = endpoint {
        builder = builder.with_base_url(&endpoint.url);
    }
    finished(builder.build())
}

fn azure(environment: &Environment, limits: &Limits, account: &str, container: &str) -> Built {
    let mut builder = MicrosoftAzureBuilder::new();
    for (name, value) in environment.starting("AZURE_") {
        if let Ok(key) = name.to_ascii_lowercase().parse::<AzureConfigKey>()
            && !matches!(key, AzureConfigKey::Endpoint)
        {
            builder = builder.with_config(key, value);
        }
    }
    let mut endpoint = of_environment(environment, &["AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"])?;
    if let Some(text) = environment.get("AZURE_STORAGE_CONNECTION_STRING") {
        let given = connection_string::read(text, account).map_err(|problem| invalid_string(&problem))?;
        if let Some(key) = given.key {
            builder = builder.with_config(AzureConfigKey::AccessKey, key);
        }
        if let Some(token) = given.sas {
            builder = builder.with_config(AzureConfigKey::SasKey, token);
        }
        if let Some(url) = given.endpoint {
            endpoint = Some(address::endpoint("AZURE_STORAGE_CONNECTION_STRING", &url)?);
        }
    }
    builder = builder
        .with_account(account)
        .with_container_name(container)
        .with_disable_tagging(true)
        .with_client_options(options(false))
        .with_retry(retry(limits))
        .with_http_connector(connector(limits, endpoint.as_ref()));
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint.url);
    }
    finished(builder.build())
}

/// The first of these variables as an endpoint.
fn of_environment(environment: &Environment, names: &[&str]) -> Result<Option<Endpoint>, CacheError> {
    let found = names.iter().find_map(|name| Some((*name, environment.get(name)?)));
    found.map(|(name, url)| address::endpoint(name, url)).transpose()
}

fn config_home(environment: &Environment) -> Option<std::path::PathBuf> {
    environment.home().map(|home| home.join(".config"))
}

fn connector(limits: &Limits, endpoint: Option<&Endpoint>) -> Connector {
    let plain_host = endpoint.filter(|endpoint| endpoint.plain).map(|endpoint| endpoint.host.clone());
    Connector { limits: limits.clone(), plain_host }
}

fn options(insecure: bool) -> ClientOptions {
    ClientOptions::new().with_allow_http(true).with_allow_invalid_certificates(insecure)
}

/// One more try, soon: an answer that comes late is worth less than the model's.
fn retry(limits: &Limits) -> RetryConfig {
    let pause = Duration::from_millis(100);
    let backoff = BackoffConfig { init_backoff: pause, max_backoff: pause, base: 2.0 };
    RetryConfig { backoff, max_retries: 1, retry_timeout: limits.call }
}

/// The library panics over characters that no header can hold.
fn check_visible(environment: &Environment) -> Result<(), Unbuilt> {
    const IN_HEADERS: &[&str] = &[
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AZURE_STORAGE_TOKEN",
        "AZURE_CLIENT_ID",
        "AZURE_TENANT_ID",
    ];
    let visible = |value: &str| value.bytes().all(|b| b.is_ascii_graphic());
    match IN_HEADERS.iter().find(|name| environment.get(name).is_some_and(|value| !visible(value))) {
        Some(name) => Err(Unbuilt::Credentials(format!("{name} holds characters that none can have"))),
        None => Ok(()),
    }
}

fn missing(what: &str) -> Built {
    Err(Unbuilt::Credentials(what.to_owned()))
}

fn invalid_string(problem: &str) -> CacheError {
    CacheError::Invalid { field: "AZURE_STORAGE_CONNECTION_STRING".to_owned(), problem: problem.to_owned() }
}

/// Only a file's problem is told: the library may quote what it could not read.
fn finished<S: ObjectStore>(built: object_store::Result<S>) -> Built {
    match built {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => {
            let mut inner: &dyn std::error::Error = &error;
            while let Some(source) = inner.source() {
                inner = source;
            }
            let file = inner.downcast_ref::<std::io::Error>().map(|error| format!("their file: {error}"));
            missing(
                &file.unwrap_or_else(|| "those in the environment are incomplete or malformed".to_owned()),
            )
        }
    }
}
