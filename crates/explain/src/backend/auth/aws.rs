//! Signature Version 4, with credentials looked for in the order of AWS's own tools.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::RetryConfig;
use object_store::aws::{
    AmazonS3Builder, AmazonS3ConfigKey, AwsAuthorizer, AwsCredential, AwsCredentialProvider,
};
use object_store::client::HttpRequestBody;
use reqwest::Url;
use reqwest::header::HeaderMap;

use super::super::client::{self, Connector};
use super::super::secrets::Secrets;
use super::super::setup::Setup;
use super::super::{BackendError, Surroundings};
use super::profile::{self, Section};

/// Time to get credentials.
const LIMIT: Duration = Duration::from_secs(20);
/// How a person without supported credentials gets some.
const EXPORT: &str = "run `eval \"$(aws configure export-credentials --format env)\"` first";

/// Signs for one service in one region.
pub(in super::super) struct Aws {
    source: Source,
    origin: String,
    service: &'static str,
    region: String,
}

enum Source {
    /// Keys that are known.
    Keys(Arc<AwsCredential>),
    /// Who hands them out; the library keeps them until they expire.
    Service(AwsCredentialProvider),
}

impl Aws {
    pub(super) fn of(
        setup: &Setup,
        around: &Surroundings,
        service: &'static str,
    ) -> Result<Aws, BackendError> {
        let region = setup.region.clone().ok_or_else(|| BackendError::Missing {
            backend: setup.info.name.to_owned(),
            what: "a region",
            how: "--providerRegion or AWS_REGION",
        })?;
        let (source, origin) = found(around, &region)?;
        Ok(Aws { source, origin, service, region })
    }

    pub(super) async fn sign(
        &self,
        url: &Url,
        headers: &mut HeaderMap,
        body: &[u8],
        secrets: &mut Secrets,
    ) -> Result<(), BackendError> {
        let failed = |reason: String| BackendError::Credentials { origin: self.origin.clone(), reason };
        let key = match &self.source {
            Source::Keys(key) => Arc::clone(key),
            Source::Service(service) => {
                let asked = tokio::time::timeout(LIMIT, service.get_credential()).await;
                let late = |_| failed(format!("nothing came within {} s; {EXPORT}", LIMIT.as_secs()));
                asked.map_err(late)?.map_err(|error| failed(told(&error)))?
            }
        };
        checked(&key, &self.origin)?;
        secrets.add(key.secret_key.as_bytes());
        secrets.add(key.token.as_deref().unwrap_or_default().as_bytes());
        let request = http::Request::post(url.as_str()).header("content-type", "application/json");
        let mut request = request
            .body(HttpRequestBody::from(body.to_vec()))
            .map_err(|error| failed(format!("the request cannot be signed: {error}")))?;
        AwsAuthorizer::new(&key, self.service, &self.region)
            .try_authorize(&mut request, None)
            .map_err(|error| failed(format!("the request cannot be signed: {error}")))?;
        for (name, value) in request.headers() {
            let mut value = value.clone();
            value.set_sensitive(name == "authorization" || name == "x-amz-security-token");
            headers.insert(name, value);
        }
        Ok(())
    }
}

/// Environment, web identity, profile, container, machine: the first that is there.
fn found(around: &Surroundings, region: &str) -> Result<(Source, String), BackendError> {
    let name = around.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]);
    let from_environment = || {
        let id = around.get("AWS_ACCESS_KEY_ID");
        let secret = around.get("AWS_SECRET_ACCESS_KEY");
        pair(id, secret, around.get("AWS_SESSION_TOKEN"), "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    };
    if let Some(found) = from_environment()? {
        return Ok(found);
    }
    let environment = [
        around.get("AWS_ROLE_ARN"),
        around.get("AWS_WEB_IDENTITY_TOKEN_FILE"),
        around.get("AWS_ROLE_SESSION_NAME"),
    ];
    if let [Some(role), Some(file), session] = environment {
        return web_identity(around, region, role, file, session);
    }
    if let Some(found) = from_profile(around, region, name)? {
        return Ok(found);
    }
    handed_out(around, region)
}

fn pair(
    id: Option<&str>,
    secret: Option<&str>,
    token: Option<&str>,
    origin: &str,
) -> Result<Option<(Source, String)>, BackendError> {
    match (id, secret) {
        (Some(id), Some(secret)) => {
            let token = token.map(str::to_owned);
            let key = AwsCredential { key_id: id.to_owned(), secret_key: secret.to_owned(), token };
            checked(&key, origin)?;
            Ok(Some((Source::Keys(Arc::new(key)), origin.to_owned())))
        }
        (None, None) => Ok(None),
        _ => Err(BackendError::Credentials {
            origin: origin.to_owned(),
            reason: "only one of key and secret is set; set both".to_owned(),
        }),
    }
}

/// The library panics over characters that no header can hold.
fn checked(key: &AwsCredential, origin: &str) -> Result<(), BackendError> {
    let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
    let fine = visible(&key.key_id)
        && !key.key_id.contains(['/', ',', '='])
        && visible(&key.secret_key)
        && key.token.as_deref().is_none_or(visible);
    match fine {
        true => Ok(()),
        false => Err(BackendError::Credentials {
            origin: origin.to_owned(),
            reason: "they hold characters that none can have; copy them again".to_owned(),
        }),
    }
}

fn from_profile(
    around: &Surroundings,
    region: &str,
    chosen: Option<&str>,
) -> Result<Option<(Source, String)>, BackendError> {
    let name = chosen.unwrap_or("default");
    let credentials = around.file(&["AWS_SHARED_CREDENTIALS_FILE"], ".aws/credentials");
    let config = around.file(&["AWS_CONFIG_FILE"], ".aws/config");
    let in_config = if name == "default" { name.to_owned() } else { format!("profile {name}") };
    let mut all: Option<Section> = None;
    for (path, section) in [(credentials, name), (config, in_config.as_str())] {
        if let Some(more) = path.map(|path| profile::section(&path, section)).transpose()?.flatten() {
            all = Some(all.unwrap_or_default().or(more));
        }
    }
    let origin = format!("AWS profile {name:?}");
    let failed = |reason: String| BackendError::Credentials { origin: origin.clone(), reason };
    let Some(all) = all else {
        return match chosen {
            Some(_) => Err(failed("it is neither in ~/.aws/credentials nor in ~/.aws/config".to_owned())),
            None => Ok(None),
        };
    };
    if let (Some(role), Some(file)) = (all.get("role_arn"), all.get("web_identity_token_file")) {
        return web_identity(around, region, role, file, all.get("role_session_name")).map(Some);
    }
    const WAYS: &[&str] = &[
        "role_arn",
        "sso_session",
        "sso_start_url",
        "credential_process",
        "login_session",
        "source_profile",
    ];
    let keys = [all.get("aws_access_key_id"), all.get("aws_secret_access_key"), all.get("aws_session_token")];
    match (keys, WAYS.iter().find(|way| all.get(way).is_some())) {
        (_, Some(&"role_arn")) | ([None, ..], Some(_)) => {
            Err(failed(format!("its way to credentials is not supported here; {EXPORT}")))
        }
        ([id, secret, token], _) => pair(id, secret, token, &origin),
    }
}

fn builder(region: &str) -> AmazonS3Builder {
    AmazonS3Builder::new().with_bucket_name("unused").with_region(region)
}

fn web_identity(
    around: &Surroundings,
    region: &str,
    role: &str,
    file: &str,
    session: Option<&str>,
) -> Result<(Source, String), BackendError> {
    let path = PathBuf::from(file);
    if let Err(error) = std::fs::File::open(&path) {
        return Err(BackendError::File { path, reason: error.to_string() });
    }
    let usual = format!("https://sts.{region}.amazonaws.com");
    let url = around.first(&["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"]).unwrap_or(&usual);
    let builder = builder(region)
        .with_config(AmazonS3ConfigKey::WebIdentityTokenFile, file)
        .with_config(AmazonS3ConfigKey::RoleArn, role)
        .with_config(AmazonS3ConfigKey::RoleSessionName, session.unwrap_or("k8sgpt"))
        .with_config(AmazonS3ConfigKey::StsEndpoint, url);
    built(builder, format!("role {role} (web identity)"), client::is_local(url))
}

/// What a pod or a machine gets from where it runs.
fn handed_out(around: &Surroundings, region: &str) -> Result<(Source, String), BackendError> {
    let builder = builder(region);
    if let Some(path) = around.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        let builder = builder.with_config(AmazonS3ConfigKey::ContainerCredentialsRelativeUri, path);
        return built(builder, "the ECS task role".to_owned(), true);
    }
    let agent = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
    if let [Some(url), Some(file)] = agent.map(|name| around.get(name)) {
        let origin = "EKS Pod Identity".to_owned();
        // A token goes to the agent on this machine, or over TLS, nowhere else.
        if !url.starts_with("https://") && !client::is_local(url) && !url.contains("[fd00:ec2::23]") {
            let reason = "its URL leads away from this machine without TLS".to_owned();
            return Err(BackendError::Credentials { origin, reason });
        }
        let builder = builder
            .with_config(AmazonS3ConfigKey::ContainerCredentialsFullUri, url)
            .with_config(AmazonS3ConfigKey::ContainerAuthorizationTokenFile, file);
        return built(builder, origin, true);
    }
    if around.is_true("AWS_EC2_METADATA_DISABLED") {
        return Err(BackendError::Credentials {
            origin: "AWS".to_owned(),
            reason: format!("no keys in the environment, no profile, no role of this pod; {EXPORT}"),
        });
    }
    let endpoint = around.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or("http://169.254.169.254");
    let builder = builder.with_config(AmazonS3ConfigKey::MetadataEndpoint, endpoint.trim_end_matches('/'));
    built(builder, "the EC2 instance role".to_owned(), true)
}

fn built(builder: AmazonS3Builder, origin: String, near: bool) -> Result<(Source, String), BackendError> {
    let retry = RetryConfig { max_retries: 1, retry_timeout: LIMIT, ..RetryConfig::default() };
    let connector = Connector(client::credentials(near, LIMIT)?);
    match builder.with_http_connector(connector).with_retry(retry).build() {
        Ok(store) => Ok((Source::Service(Arc::clone(store.credentials())), origin)),
        Err(error) => Err(BackendError::Credentials { origin, reason: told(&error) }),
    }
}

/// Only what is known to be harmless is taken over: the library's error may quote an answer.
fn told(error: &object_store::Error) -> String {
    let text = error.to_string();
    let between = |open: &str, close: &str| {
        let (_, rest) = text.split_once(open)?;
        Some(rest.split_once(close)?.0.chars().filter(char::is_ascii_graphic).take(60).collect::<String>())
    };
    match (between("<Code>", "</Code>"), between("status code: ", ":")) {
        (Some(code), _) => format!("it answered {code}; check the role and its trust policy"),
        (None, Some(status)) => format!("it answered HTTP {status}; {EXPORT}"),
        _ => format!("it did not answer as AWS does; {EXPORT}"),
    }
}
