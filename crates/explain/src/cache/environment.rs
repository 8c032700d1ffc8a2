//! What the environment says about caches, as a value.

use std::path::PathBuf;
use view::Variables;

/// The variables that are read: those of the vendors' own tools and SDKs, by their names and with their meaning.
const NAMES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
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
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS",
    "AZURE_STORAGE_ACCOUNT_KEY",
    "AZURE_STORAGE_ACCESS_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
    "AZURE_STORAGE_SAS_KEY",
    "AZURE_STORAGE_TOKEN",
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_ENDPOINT",
    "AZURE_ENDPOINT",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_TENANT_ID",
    "AZURE_AUTHORITY_HOST",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_MSI_ENDPOINT",
    "AZURE_USE_AZURE_CLI",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_SERVICE_ACCOUNT",
    "GOOGLE_SERVICE_ACCOUNT_PATH",
    "GOOGLE_SERVICE_ACCOUNT_KEY",
    "GOOGLE_BASE_URL",
    "STORAGE_EMULATOR_HOST",
    "INTERPLEX_LOCAL_MODE",
    "XDG_CACHE_HOME",
    "HOME",
    "USERPROFILE",
    "LOCALAPPDATA",
    "APPDATA",
];

/// Variables of an environment. Values are sealed: some are keys.
#[derive(Clone, Default)]
pub struct Environment(Variables);

impl std::fmt::Debug for Environment {
    /// The names of what is set.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Environment {
    /// Those that `variable` knows; empty ones count as not set.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Environment {
        Environment(Variables::new(NAMES, variable))
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

    /// Names and values that begin with `prefix`.
    pub(super) fn starting<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'static str, &'a str)> {
        self.0.starting(prefix)
    }

    pub(super) fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        self.get(name).map(PathBuf::from).filter(|path| path.is_absolute())
    }

    /// `k8sgpt/explanations` under the user's cache directory: `$XDG_CACHE_HOME`, else the platform's.
    pub fn directory(&self) -> Option<PathBuf> {
        let absolute = |name: &str| self.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let platform = || {
            if cfg!(target_os = "macos") {
                self.home().map(|home| home.join("Library").join("Caches"))
            } else if cfg!(windows) {
                absolute("LOCALAPPDATA")
            } else {
                self.home().map(|home| home.join(".cache"))
            }
        };
        let base = absolute("XDG_CACHE_HOME").or_else(platform)?;
        Some(base.join("k8sgpt").join("explanations"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_variables_and_never_their_values() {
        let environment = Environment::new(|name| match name {
            "AWS_SECRET_ACCESS_KEY" => Some("canary".to_owned()),
            "HOME" => Some("/h".to_owned()),
            "AZURE_CLIENT_ID" => Some(" ".to_owned()),
            _ => None,
        });
        assert_eq!(format!("{environment:?}"), r#"{"AWS_SECRET_ACCESS_KEY", "HOME"}"#);
        assert_eq!(environment.starting("AWS_").collect::<Vec<_>>(), [("AWS_SECRET_ACCESS_KEY", "canary")]);
        assert!(environment.directory().unwrap().starts_with("/h"));
        let relative = Environment::new(|name| (name == "XDG_CACHE_HOME").then(|| "cache".to_owned()));
        assert_eq!(relative.directory(), None);
    }
}
