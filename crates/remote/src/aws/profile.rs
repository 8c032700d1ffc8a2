//! Profiles: `~/.aws/credentials` and `~/.aws/config`, or the files that the variables name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use view::Sensitive;

use super::{Failure, Settings};

/// The settings of one profile, both files together.
#[derive(Default)]
pub(crate) struct Profile(BTreeMap<String, Sensitive>);

impl Profile {
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        let value =
            self.0.get(key).and_then(|value| std::str::from_utf8(value.expose_for_computation()).ok());
        value.filter(|value| !value.is_empty())
    }

    /// The way to credentials that this profile asks for and that only AWS's own tools go.
    pub(crate) fn unsupported(&self) -> Option<&'static str> {
        const WAYS: &[(&str, &str)] = &[
            ("sso_session", "single sign-on (sso_session)"),
            ("sso_start_url", "single sign-on (sso_start_url)"),
            ("credential_process", "credential_process"),
            ("login_session", "a login session (login_session)"),
            ("source_profile", "a role by another profile (source_profile)"),
            ("credential_source", "a role by credential_source"),
        ];
        WAYS.iter().find(|(key, _)| self.get(key).is_some()).map(|(_, way)| *way)
    }
}

/// The files that hold profiles.
pub(crate) struct Files {
    credentials: Option<PathBuf>,
    config: Option<PathBuf>,
}

impl Files {
    pub(crate) fn of(settings: &Settings) -> Files {
        Files {
            credentials: settings.file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
            config: settings.file("AWS_CONFIG_FILE", "config"),
        }
    }

    /// Their names, for messages.
    pub(crate) fn shown(&self) -> String {
        let paths = [&self.credentials, &self.config].into_iter().flatten();
        let shown: Vec<String> = paths.map(|path| path.display().to_string()).collect();
        if shown.is_empty() { "~/.aws (HOME is not set)".to_owned() } else { shown.join(" or ") }
    }

    /// The profile of this name; none where neither file has it. What the credentials file says counts.
    pub(crate) fn profile(&self, name: &str) -> Result<Option<Profile>, Failure> {
        let mut found: Option<Profile> = None;
        for (path, in_config) in [(&self.config, true), (&self.credentials, false)] {
            let Some(text) = read(path.as_deref())? else { continue };
            for (section, values) in sections(&text) {
                if profile_of(section, in_config) == Some(name) {
                    let profile = found.get_or_insert_with(Profile::default);
                    let sealed = values.into_iter().map(|(k, v)| (k, Sensitive::new(v.as_bytes())));
                    profile.0.extend(sealed);
                }
            }
        }
        Ok(found)
    }

    /// The names of all profiles.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (path, in_config) in [(&self.config, true), (&self.credentials, false)] {
            let Ok(Some(text)) = read(path.as_deref()) else { continue };
            let known = sections(&text).into_iter().filter_map(|(name, _)| profile_of(name, in_config));
            names.extend(known.map(str::to_owned));
        }
        names.sort();
        names.dedup();
        names
    }
}

/// A file that is not there is no fault.
fn read(path: Option<&Path>) -> Result<Option<String>, Failure> {
    let Some(path) = path else { return Ok(None) };
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::File { path: path.to_owned(), reason: error.to_string() }),
    }
}

/// `config` calls its profiles `[profile x]`, except for `[default]`; `credentials` calls them `[x]`.
fn profile_of(section: &str, in_config: bool) -> Option<&str> {
    match section.strip_prefix("profile").filter(|rest| rest.starts_with([' ', '\t'])) {
        Some(name) if in_config => Some(name.trim()),
        None if !in_config || section == "default" => Some(section),
        _ => None,
    }
}

type Section<'a> = (&'a str, Vec<(String, &'a str)>);

/// The sections with their settings. Indented lines belong to nested settings, which nothing here reads.
fn sections(text: &str) -> Vec<Section<'_>> {
    let mut found: Vec<Section<'_>> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines() {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = bare.strip_prefix('[') {
            found.push((rest.split(']').next().unwrap_or_default().trim(), Vec::new()));
        } else if let (Some((_, values)), Some((key, value))) = (found.last_mut(), line.split_once('='))
            && !line.starts_with([' ', '\t'])
        {
            values.push((key.trim().to_ascii_lowercase(), uncommented(value.trim())));
        }
    }
    found
}

/// A comment after a value begins with a space and a sign.
fn uncommented(value: &str) -> &str {
    let end = [" #", " ;", "\t#", "\t;"].iter().filter_map(|sign| value.find(sign)).min();
    value[..end.unwrap_or(value.len())].trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(config: &str, credentials: &str) -> (tempfile::TempDir, Files) {
        let dir = tempfile::tempdir().unwrap();
        let (a, b) = (dir.path().join("config"), dir.path().join("credentials"));
        std::fs::write(&a, config).unwrap();
        std::fs::write(&b, credentials).unwrap();
        (dir, Files { config: Some(a), credentials: Some(b) })
    }

    #[test]
    fn both_files_make_a_profile() {
        let (_dir, files) = files(
            "# mine\n[default]\nregion = eu-west-1 # near\n[profile dev]\nRegion=us-east-1\ns3 =\n  region = nested\n[dev]\n\
             region=wrong\n[sso-session x]\nsso_start_url = u\n",
            "[default]\r\naws_access_key_id = A\r\naws_secret_access_key=a+/=b\r\n\n[dev]\naws_access_key_id=D\n",
        );
        let default = files.profile("default").unwrap().unwrap();
        assert_eq!(default.get("region"), Some("eu-west-1"));
        assert_eq!(default.get("aws_secret_access_key"), Some("a+/=b"));
        let dev = files.profile("dev").unwrap().unwrap();
        assert_eq!((dev.get("region"), dev.get("aws_access_key_id")), (Some("us-east-1"), Some("D")));
        assert!(dev.unsupported().is_none() && files.profile("x").unwrap().is_none());
        assert_eq!(files.names(), ["default", "dev"]);
    }

    #[test]
    fn files_that_are_not_there_and_files_that_cannot_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let config = Some(dir.path().to_owned());
        let missing = Files { config: Some(dir.path().join("no")), credentials: None };
        assert!(missing.profile("default").unwrap().is_none());
        assert!(matches!(Files { config, credentials: None }.profile("x"), Err(Failure::File { .. })));
    }

    #[test]
    fn ways_that_only_the_tools_of_aws_go() {
        let (_dir, files) =
            files("[profile a]\nsso_session = s\n[profile b]\nrole_arn=r\nsource_profile=a\n", "");
        assert!(files.profile("a").unwrap().unwrap().unsupported().unwrap().contains("single sign-on"));
        assert!(files.profile("b").unwrap().unwrap().unsupported().unwrap().contains("source_profile"));
    }
}
