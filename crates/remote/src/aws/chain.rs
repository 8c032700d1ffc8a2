//! Credentials that somebody hands out: the library knows how each is asked for.

use std::path::{Path, PathBuf};

use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey, AwsCredential};
use object_store::{BackoffConfig, RetryConfig};

use super::credentials::Credentials;
use super::http::{self, Connector, Reach};
use super::profile::Files;
use super::{Failure, Limits, Settings, region};

/// Who hands them out.
pub(crate) enum Way {
    /// STS, for the token of a service account.
    WebIdentity { role: String, token_file: PathBuf, session: String },
    /// The agent of ECS.
    Task { path: String },
    /// The agent of EKS Pod Identity.
    Pod { url: String, token_file: PathBuf },
    /// The metadata service of an EC2 instance.
    Machine { endpoint: String },
}

impl Way {
    /// Asks for the credentials.
    pub(crate) async fn credentials(
        &self,
        settings: &Settings,
        region: &str,
        limits: &Limits,
    ) -> Result<Credentials, Failure> {
        let origin = self.origin();
        let asked = tokio::time::timeout(self.patience(limits), self.ask(settings, region, limits));
        match (asked.await, self) {
            (Ok(Ok(key)), _) => Credentials::checked(key, origin),
            // No machine of EC2, most likely: then there simply are no credentials.
            (Err(_) | Ok(Err(Failure::Source { .. })), Way::Machine { .. }) => {
                Err(Failure::NoCredentials { places: Files::of(settings).shown() })
            }
            (Ok(Err(failure)), _) => Err(failure),
            (Err(_), _) => Err(Failure::Late { host: origin, seconds: self.patience(limits).as_secs() }),
        }
    }

    fn patience(&self, limits: &Limits) -> std::time::Duration {
        match self {
            Way::WebIdentity { .. } => limits.deadline,
            _ => limits.near.min(limits.deadline),
        }
    }

    fn origin(&self) -> String {
        match self {
            Way::WebIdentity { role, .. } => format!("role {role} (web identity)"),
            Way::Task { .. } => "the ECS task role".to_owned(),
            Way::Pod { .. } => "EKS Pod Identity".to_owned(),
            Way::Machine { .. } => "the EC2 instance role".to_owned(),
        }
    }

    async fn ask(
        &self,
        settings: &Settings,
        region: &str,
        limits: &Limits,
    ) -> Result<AwsCredential, Failure> {
        let bare = AmazonS3Builder::new().with_bucket_name("unused").with_region(region);
        let (builder, reach) = match self {
            Way::WebIdentity { role, token_file, session } => {
                readable(token_file)?;
                let url = region::endpoint(settings, "sts", region);
                let reach = http::reach_of(&url);
                let builder = bare
                    .with_config(AmazonS3ConfigKey::WebIdentityTokenFile, token_file.to_string_lossy())
                    .with_config(AmazonS3ConfigKey::RoleArn, role)
                    .with_config(AmazonS3ConfigKey::RoleSessionName, session)
                    .with_config(AmazonS3ConfigKey::StsEndpoint, url);
                (builder, reach)
            }
            Way::Task { path } => {
                (bare.with_config(AmazonS3ConfigKey::ContainerCredentialsRelativeUri, path), Reach::Near)
            }
            Way::Pod { url, token_file } => {
                readable(token_file)?;
                if !is_agent(url) {
                    return Err(Failure::BadEndpoint { url: url.clone() });
                }
                let token_file = token_file.to_string_lossy();
                let builder = bare
                    .with_config(AmazonS3ConfigKey::ContainerCredentialsFullUri, url)
                    .with_config(AmazonS3ConfigKey::ContainerAuthorizationTokenFile, token_file);
                (builder, Reach::Near)
            }
            Way::Machine { endpoint } => {
                (bare.with_config(AmazonS3ConfigKey::MetadataEndpoint, endpoint), Reach::Near)
            }
        };
        let retry = RetryConfig {
            backoff: BackoffConfig { max_backoff: limits.wait, ..BackoffConfig::default() },
            max_retries: usize::try_from(limits.retries).unwrap_or(0),
            retry_timeout: self.patience(limits),
        };
        let connector = Connector(http::client(limits, reach)?);
        let failed = |error: object_store::Error| self.failed(&error);
        let store = builder.with_http_connector(connector).with_retry(retry).build().map_err(failed)?;
        let key = store.credentials().get_credential().await.map_err(failed)?;
        Ok(AwsCredential {
            key_id: key.key_id.clone(),
            secret_key: key.secret_key.clone(),
            token: key.token.clone(),
        })
    }

    /// Only what is known to be harmless is taken over: the library's error may quote an answer.
    fn failed(&self, error: &object_store::Error) -> Failure {
        let text = error.to_string();
        let between = |open: &str, close: &str| {
            let (_, rest) = text.split_once(open)?;
            Some(super::failure::quoted(rest.split_once(close)?.0))
        };
        let said = between("<Code>", "</Code>");
        let reason = match (said, between("<Message>", "</Message>"), between("status code: ", ":")) {
            (Some(code), Some(message), _) => format!("{code}: {message}{}", advice(&code)),
            (Some(code), None, _) => format!("{code}{}", advice(&code)),
            (None, _, Some(status)) => format!("it answered {status}"),
            _ => broken(error).unwrap_or_else(|| "it did not answer as AWS does".to_owned()),
        };
        Failure::Source { origin: self.origin(), reason }
    }
}

fn advice(code: &str) -> &'static str {
    match code {
        "AccessDenied" => {
            "; the role's trust policy must name the cluster's OIDC provider and this service account"
        }
        "InvalidIdentityToken" => "; create the IAM OIDC provider of the cluster, or correct its thumbprint",
        "ExpiredTokenException" => "; the token file is old: mount it as a projected service account token",
        _ => "",
    }
}

/// What the network said, when it is the network.
fn broken(error: &object_store::Error) -> Option<String> {
    let mut inner: &dyn std::error::Error = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.downcast_ref::<std::io::Error>().map(ToString::to_string)
}

/// Asked before the library does, whose error would not tell.
fn readable(path: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::File { path: path.to_owned(), reason: error.to_string() };
    std::fs::read(path).map(|_| ()).map_err(failed)
}

/// A token goes to the agent on this machine, or over TLS, nowhere else.
fn is_agent(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let near = ["localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];
    url.scheme() == "https" || (url.scheme() == "http" && url.host_str().is_some_and(|h| near.contains(&h)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_go_to_agents_only() {
        for url in ["http://169.254.170.23/v1/credentials", "https://x/y", "http://[fd00:ec2::23]/v1"] {
            assert!(is_agent(url), "{url}");
        }
        for url in ["http://example.com/", "ftp://localhost/", "169.254.170.23", "http://127.0.0.1.evil/"] {
            assert!(!is_agent(url), "{url}");
        }
    }
}
