//! Whose credentials sign the requests: looked for in the order of AWS's own command line.

use std::path::PathBuf;
use std::sync::Arc;

use object_store::aws::AwsCredential;

use super::chain::Way;
use super::profile::{Files, Profile};
use super::{Failure, Limits, Settings};

/// Credentials and where they come from. The library's type prints neither key nor token.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) key: Arc<AwsCredential>,
    /// For messages: `profile dev`, `AWS_ACCESS_KEY_ID`.
    pub(crate) origin: String,
}

/// The profile to use, and whether somebody chose it.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    pub(crate) name: String,
    pub(crate) chosen: bool,
    /// The kubeconfig's plugin names it as an argument: it counts more than keys in the environment.
    pub(crate) first: bool,
}

impl Choice {
    /// Of an argument and a variable of the kubeconfig's plugin, else of the environment.
    pub(crate) fn of(argument: Option<&str>, variable: Option<&str>, settings: &Settings) -> Choice {
        let named = argument.or(variable).or_else(|| settings.first(&["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]));
        Choice {
            name: named.unwrap_or("default").to_owned(),
            chosen: named.is_some(),
            first: argument.is_some(),
        }
    }
}

/// The profile's settings; none where nobody chose it and it does not exist.
pub(crate) fn profile(settings: &Settings, choice: &Choice) -> Result<Option<Profile>, Failure> {
    let files = Files::of(settings);
    let found = files.profile(&choice.name)?;
    if found.is_none() && choice.chosen {
        let lower = choice.name.to_lowercase();
        let alike = |name: &String| {
            let other = name.to_lowercase();
            other == lower || other.contains(&lower) || lower.contains(&other)
        };
        let near = files.names().into_iter().find(alike);
        return Err(Failure::NoProfile { name: choice.name.clone(), places: files.shown(), near });
    }
    Ok(found)
}

impl Credentials {
    /// The first credentials in order: keys of the environment, web identity, profile, container, machine.
    pub(crate) async fn find(
        settings: &Settings,
        choice: &Choice,
        region: &str,
        limits: &Limits,
    ) -> Result<Credentials, Failure> {
        if !choice.first {
            if let Some(found) = from_environment(settings)? {
                return Ok(found);
            }
            if let Some(way) = web_identity(settings) {
                return way.credentials(settings, region, limits).await;
            }
        }
        if let Some(profile) = profile(settings, choice)? {
            if let Some(found) = from_profile(&profile, &choice.name)? {
                return Ok(found);
            }
            if let Some(way) = web_identity_of(&profile) {
                return way.credentials(settings, region, limits).await;
            }
            if let Some(what) = profile.unsupported() {
                return Err(Failure::Unsupported { name: choice.name.clone(), what });
            }
        }
        match surroundings(settings)? {
            Some(way) => way.credentials(settings, region, limits).await,
            None => Err(Failure::NoCredentials { places: Files::of(settings).shown() }),
        }
    }

    /// Checked, because the library panics over characters that no header can hold.
    pub(crate) fn checked(key: AwsCredential, origin: String) -> Result<Credentials, Failure> {
        let visible = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        let fine = visible(&key.key_id)
            && !key.key_id.contains(['/', ',', '='])
            && visible(&key.secret_key)
            && key.token.as_deref().is_none_or(visible);
        match fine {
            true => Ok(Credentials { key: Arc::new(key), origin }),
            false => Err(Failure::BadCredentials { origin }),
        }
    }
}

fn from_environment(settings: &Settings) -> Result<Option<Credentials>, Failure> {
    const NAMES: [&str; 2] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let token = settings.get("AWS_SESSION_TOKEN");
    pair(NAMES, NAMES.map(|name| settings.get(name)), token, "AWS_ACCESS_KEY_ID".to_owned())
}

fn from_profile(profile: &Profile, name: &str) -> Result<Option<Credentials>, Failure> {
    const NAMES: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];
    // With a role the keys are only the way to it, unless a token makes it a way of its own.
    if profile.get("role_arn").is_some() {
        return Ok(None);
    }
    let token = profile.get("aws_session_token");
    pair(NAMES, NAMES.map(|name| profile.get(name)), token, format!("profile {name}"))
}

fn pair(
    names: [&'static str; 2],
    values: [Option<&str>; 2],
    token: Option<&str>,
    origin: String,
) -> Result<Option<Credentials>, Failure> {
    match values {
        [Some(id), Some(secret)] => {
            let token = token.map(str::to_owned);
            let key = AwsCredential { key_id: id.to_owned(), secret_key: secret.to_owned(), token };
            Credentials::checked(key, origin).map(Some)
        }
        [None, None] => Ok(None),
        [Some(_), None] => Err(Failure::Half { given: names[0], missing: names[1] }),
        [None, Some(_)] => Err(Failure::Half { given: names[1], missing: names[0] }),
    }
}

fn web_identity(settings: &Settings) -> Option<Way> {
    Some(Way::WebIdentity {
        role: settings.get("AWS_ROLE_ARN")?.to_owned(),
        token_file: PathBuf::from(settings.get("AWS_WEB_IDENTITY_TOKEN_FILE")?),
        session: settings.get("AWS_ROLE_SESSION_NAME").unwrap_or("k8sgpt").to_owned(),
    })
}

fn web_identity_of(profile: &Profile) -> Option<Way> {
    Some(Way::WebIdentity {
        role: profile.get("role_arn")?.to_owned(),
        token_file: PathBuf::from(profile.get("web_identity_token_file")?),
        session: profile.get("role_session_name").unwrap_or("k8sgpt").to_owned(),
    })
}

/// What a pod or a machine gets from where it runs.
fn surroundings(settings: &Settings) -> Result<Option<Way>, Failure> {
    if let Some(path) = settings.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
        return Ok(Some(Way::Task { path: path.to_owned() }));
    }
    if let Some(url) = settings.get("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
        let Some(token_file) = settings.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") else {
            let what = "AWS_CONTAINER_CREDENTIALS_FULL_URI without AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
            return Err(Failure::UnsupportedSource { what });
        };
        return Ok(Some(Way::Pod { url: url.to_owned(), token_file: PathBuf::from(token_file) }));
    }
    if settings.is_true("AWS_EC2_METADATA_DISABLED") {
        return Ok(None);
    }
    let endpoint = settings.get("AWS_EC2_METADATA_SERVICE_ENDPOINT").unwrap_or("http://169.254.169.254");
    Ok(Some(Way::Machine { endpoint: endpoint.trim_end_matches('/').to_owned() }))
}
