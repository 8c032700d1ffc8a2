//! What the environment says to backends, as a value.

use std::path::PathBuf;

use view::{Sensitive, Variables};

/// The variables that are read: those of the vendors' own tools, with their meaning, and our own.
const NAMES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    "AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME",
    "AWS_ENDPOINT_URL_STS",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CLOUD_PROJECT",
    "IBMCLOUD_IAM_API_ENDPOINT",
    "OCI_CONFIG_FILE",
    "OCI_CLI_CONFIG_FILE",
    "OCI_CLI_PROFILE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "K8SGPT_ALLOW_HTTP",
    "HOME",
    "USERPROFILE",
];

/// Variables of an environment. Values are sealed: some are keys.
#[derive(Clone, Default)]
pub struct Surroundings(Variables);

impl std::fmt::Debug for Surroundings {
    /// The names of what is set.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Surroundings {
    /// Those that `variable` knows; empty ones count as not set.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Surroundings {
        Surroundings(Variables::new(NAMES, variable))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The first of these that is set.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        self.0.first(names)
    }

    pub(super) fn is_true(&self, name: &str) -> bool {
        self.0.is_true(name)
    }

    /// A file that one of the variables names, else its usual place in the home directory.
    pub(super) fn file(&self, variables: &[&str], usual: &str) -> Option<PathBuf> {
        match self.first(variables) {
            Some(given) => Some(self.at_home(given)),
            None => self.home().map(|home| home.join(usual)),
        }
    }

    /// A path, with `~` as the home directory.
    pub(super) fn at_home(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("~/"), self.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }
    }

    fn home(&self) -> Option<PathBuf> {
        self.first(&["HOME", "USERPROFILE"]).map(PathBuf::from)
    }

    /// What must never be quoted back.
    pub(super) fn secrets(&self) -> Vec<Sensitive> {
        const SECRET: &[&str] = &["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK"];
        SECRET.iter().filter_map(|name| self.0.sealed(name).cloned()).collect()
    }
}
