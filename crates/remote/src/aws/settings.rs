//! What the environment says about AWS, as a value.

use std::path::PathBuf;

use view::Variables;

/// The variables that are read: those of the AWS SDKs, by their names and with their meaning, and our own.
const NAMES: &[&str] = &[
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
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
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_EKS",
    "AWS_ENDPOINT_URL_STS",
    "K8SGPT_EKS_CLUSTER",
    "HOME",
    "USERPROFILE",
];

/// Variables of an environment. Values are sealed: some are keys.
#[derive(Clone, Default)]
pub struct Settings(Variables);

impl std::fmt::Debug for Settings {
    /// The names of what is set.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Settings {
    /// Those that `variable` knows; empty ones count as not set. Nothing set means: AWS is out of reach.
    pub fn new(variable: impl Fn(&str) -> Option<String>) -> Settings {
        Settings(Variables::new(NAMES, variable))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name)
    }

    /// The first of these that is set.
    pub(crate) fn first(&self, names: &[&str]) -> Option<&str> {
        self.0.first(names)
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A file that a variable names, else its usual place under `.aws` in the home directory.
    pub(crate) fn file(&self, variable: &str, usual: &str) -> Option<PathBuf> {
        let home = self.first(&["HOME", "USERPROFILE"]).map(PathBuf::from);
        match (self.get(variable), home) {
            (Some(given), Some(home)) => Some(match given.strip_prefix("~/") {
                Some(rest) => home.join(rest),
                None => PathBuf::from(given),
            }),
            (Some(given), None) => Some(PathBuf::from(given)),
            (None, home) => home.map(|home| home.join(".aws").join(usual)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_variables_and_never_their_values() {
        let settings = Settings::new(|name| match name {
            "AWS_SECRET_ACCESS_KEY" => Some("canary".to_owned()),
            "AWS_PROFILE" => Some(" ".to_owned()),
            "HOME" => Some("/h".to_owned()),
            _ => None,
        });
        assert_eq!(format!("{settings:?}"), r#"{"AWS_SECRET_ACCESS_KEY", "HOME"}"#);
        assert_eq!(settings.get("AWS_SECRET_ACCESS_KEY"), Some("canary"));
        assert_eq!(settings.file("AWS_CONFIG_FILE", "config"), Some(PathBuf::from("/h/.aws/config")));
        let settings = Settings::new(|_| Some("~/x".to_owned()));
        assert_eq!(settings.file("AWS_CONFIG_FILE", "config"), Some(PathBuf::from("~/x/x")));
    }
}
