//! What a library's error means for whoever configured the cache.
//!
//! Nothing of an error is shown but what is known to be harmless: the code and the message of the service, one
//! line each, and the operating system's words about the network. The rest may quote URLs with signatures.

use super::{CacheError, Limits};
use crate::CachePlace;
use object_store::client::{HttpError, HttpErrorKind};
use std::error::Error;

/// Longest message of a service that is quoted, in characters.
const MAX_QUOTED: usize = 300;

/// What errors about one place say.
#[derive(Clone, Debug)]
pub(super) struct Advice {
    /// `S3 bucket b`.
    pub(super) place: String,
    /// The vendor's command that creates it.
    create: String,
    /// How to provide credentials.
    hint: &'static str,
    /// Permissions that are needed.
    needs: &'static str,
}

const NETWORK: &str = "check the endpoint and the network";

impl Advice {
    pub(super) fn of(place: &CachePlace) -> Advice {
        match place {
            CachePlace::S3 { region, bucket_name, endpoint, .. } => {
                let option = |name: &str, value: &str| match value {
                    "" => String::new(),
                    value => format!(" {name} {value}"),
                };
                let endpoint = super::without_user(endpoint);
                let options = option("--region", region) + &option("--endpoint-url", &endpoint);
                Advice {
                    place: format!("S3 bucket {bucket_name}{}", option("at", &endpoint)),
                    create: format!("aws s3 mb s3://{bucket_name}{options}"),
                    hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (`eval \"$(aws configure \
                           export-credentials --format env)\"` sets those of a profile), or give the pod a role",
                    needs: "s3:GetObject, s3:PutObject and s3:DeleteObject below k8sgpt/, and s3:ListBucket",
                }
            }
            CachePlace::Gcs { project_id, region, bucket_name } => Advice {
                place: format!("GCS bucket {bucket_name}"),
                create: format!(
                    "gcloud storage buckets create gs://{bucket_name} --project {project_id} --location {region}"
                ),
                hint: "set GOOGLE_APPLICATION_CREDENTIALS to the path of a key file, or run `gcloud auth \
                       application-default login`",
                needs: "use the role roles/storage.objectUser on the bucket",
            },
            CachePlace::Azure { storage_account, container } => Advice {
                place: format!("Azure container {container} of {storage_account}"),
                create: format!(
                    "az storage container create --account-name {storage_account} --name {container}"
                ),
                hint: "set AZURE_STORAGE_ACCOUNT_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, \
                       or AZURE_USE_AZURE_CLI=true after `az login`, or give the pod an identity",
                needs: "use the role Storage Blob Data Contributor on the container",
            },
            CachePlace::Interplex { .. } | CachePlace::File => {
                Advice { place: String::new(), create: String::new(), hint: NETWORK, needs: "" }
            }
        }
    }

    pub(super) fn no_credentials(&self, reason: String) -> CacheError {
        CacheError::NoCredentials { place: self.place.clone(), reason, hint: self.hint }
    }

    pub(super) fn late(&self, limit: std::time::Duration) -> CacheError {
        CacheError::Late { place: self.place.clone(), milliseconds: limit.as_millis() }
    }

    /// True when an object is missing in a bucket that is there, as far as the answer tells.
    pub(super) fn is_miss(error: &object_store::Error) -> bool {
        let gone = matches!(error, object_store::Error::NotFound { .. });
        gone && !matches!(code(&error.to_string()).as_deref(), Some("NoSuchBucket" | "ContainerNotFound"))
    }

    /// An error of the library, said for the reader. `action` completes "cannot".
    pub(super) fn explain(
        &self,
        error: &object_store::Error,
        action: &'static str,
        limits: &Limits,
    ) -> CacheError {
        let (place, hint) = (self.place.clone(), self.hint);
        let text = error.to_string();
        if ["169.254.169.254", "metadata.google.internal"].iter().any(|host| text.contains(host)) {
            return self
                .no_credentials("none in the environment, and no metadata service gives any".to_owned());
        }
        if let Some(network) = find::<HttpError>(error) {
            return match network.kind() {
                HttpErrorKind::Timeout => self.late(limits.call),
                _ => CacheError::Unreachable { place, reason: reason(network), hint: NETWORK },
            };
        }
        let code = code(&text).unwrap_or_default();
        let said = match (
            code.as_str(),
            between(&text, "<Message>", "</Message>").or_else(|| json_message(&text)),
        ) {
            ("", Some(message)) => message,
            ("", None) => {
                status(&text).map_or_else(|| "without a reason".to_owned(), |s| format!("HTTP {s}"))
            }
            (code, Some(message)) => format!("{code}: {message}"),
            (code, None) => code.to_owned(),
        };
        let moved =
            text.contains("redirect without LOCATION") || matches!(status(&text), Some("301" | "307"));
        match code.as_str() {
            _ if moved => CacheError::Region { place, right: region(&text) },
            "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" => {
                CacheError::Region { place, right: region(&text) }
            }
            "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired" | "RequestExpired" => {
                CacheError::Expired { place, said, hint }
            }
            "InvalidAccessKeyId"
            | "SignatureDoesNotMatch"
            | "InvalidToken"
            | "AuthenticationFailed"
            | "AuthorizationFailure"
            | "InvalidAuthenticationInfo"
            | "NoAuthenticationInformation"
            | "InvalidClientTokenId" => CacheError::Rejected { place, said, hint },
            "NoSuchBucket" | "ContainerNotFound" => {
                CacheError::NoBucket { place, create: self.create.clone() }
            }
            _ => match error {
                object_store::Error::NotFound { .. } => {
                    CacheError::NoBucket { place, create: self.create.clone() }
                }
                object_store::Error::Unauthenticated { .. } => CacheError::Rejected { place, said, hint },
                object_store::Error::PermissionDenied { .. } => {
                    CacheError::Denied { place, said, needs: self.needs }
                }
                _ => CacheError::Refused { place, action, said },
            },
        }
    }
}

fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The innermost words of an error: the outer ones repeat the URL.
pub(super) fn reason(error: &dyn Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    quoted(&inner.to_string())
}

/// A text from outside on one line, bounded, without credentials and control characters.
pub(super) fn quoted(text: &str) -> String {
    let clean = view::without_credentials(text);
    let words = clean.as_deref().unwrap_or(text).split_whitespace();
    let line = words.map(|word| word.chars().filter(|c| !c.is_control()).collect());
    let line = line.collect::<Vec<String>>().join(" ");
    match line.char_indices().nth(MAX_QUOTED) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.trim_end_matches('.').to_owned(),
    }
}

fn code(text: &str) -> Option<String> {
    let code = between(text, "<Code>", "</Code>")?;
    code.chars().all(|c| c.is_ascii_alphanumeric()).then_some(code)
}

fn region(text: &str) -> Option<String> {
    let region = between(text, "<Region>", "</Region>")?;
    region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-').then_some(region)
}

fn between(text: &str, open: &str, close: &str) -> Option<String> {
    let (_, rest) = text.split_once(open)?;
    Some(quoted(rest.split_once(close)?.0))
}

/// `message` of a JSON answer.
fn json_message(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"message\"")?;
    let (_, rest) = rest.split_once('"')?;
    Some(quoted(rest.split_once('"')?.0))
}

fn status(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("status code: ")?;
    rest.get(..3).filter(|status| status.bytes().all(|b| b.is_ascii_digit()))
}
