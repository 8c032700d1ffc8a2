//! `auth add|list|default|update|remove`.

use crate::cli::{AuthArgs, AuthCommand, Form, Global, Settings};
use crate::failure::Failure;
use crate::{print, source};
use engine::config::{ConfigFile, KeyPlace};
use engine::providers::{self, Changed, Given, Listed, Setting};
use std::fmt::Write as _;
use std::io::IsTerminal;

/// Runs the command.
pub fn run(global: &Global, args: AuthArgs) -> Result<(), Failure> {
    let file = source::config(global);
    match args.command {
        None => super::help(Some("auth")),
        Some(AuthCommand::Add { backend, settings }) => add(&file, &backend, &settings),
        Some(AuthCommand::List { details, output }) => list(&file, details, output),
        Some(AuthCommand::Default { provider }) => default(&file, provider.as_deref()),
        Some(AuthCommand::Update { backend, names, settings }) => {
            update(&file, &[backend, names].concat(), &settings)
        }
        Some(AuthCommand::Remove { backends, names }) => remove(&file, &[backends, names].concat()),
    }
}

fn add(file: &ConfigFile, backend: &str, settings: &Settings) -> Result<(), Failure> {
    let mut given = given(settings)?;
    if providers::needs_key(file, backend, &given)? {
        given.set_key(ask(backend)?);
    }
    if keyring(settings) {
        given = into_keyring(backend, given)?;
    }
    let changed = providers::add(file, backend, &given)?;
    warn(&changed);
    print::out(&format!("{} added to the AI backend provider list", changed.names.join(", ")))
}

fn update(file: &ConfigFile, names: &[String], settings: &Settings) -> Result<(), Failure> {
    let mut given = given(settings)?;
    if keyring(settings) {
        let [name] = names else {
            return Err(Failure::Usage("--keyring keeps the key of one provider; name one".to_owned()));
        };
        if !given.has(Setting::Password) {
            given.set_key(ask(name)?);
        }
        given = into_keyring(name, given)?;
    }
    let changed = providers::update(file, names, &given)?;
    warn(&changed);
    print::out(&format!("{} updated in the AI backend provider list", changed.names.join(", ")))
}

fn remove(file: &ConfigFile, names: &[String]) -> Result<(), Failure> {
    let before = file.load()?;
    let changed = providers::remove(file, names)?;
    for name in &changed.names {
        let place = before.provider(name).and_then(|provider| provider.key_place.as_ref());
        if place == Some(&KeyPlace::Keyring)
            && let Err(problem) = providers::forget_key(name)
        {
            print::note(&format!("Warning: the key of {name} stays in the system's keyring: {problem}"));
        }
    }
    warn(&changed);
    let lines =
        changed.names.iter().map(|name| format!("{name} deleted from the AI backend provider list\n"));
    print::out(&lines.collect::<String>())
}

fn default(file: &ConfigFile, provider: Option<&str>) -> Result<(), Failure> {
    match provider {
        Some(name) => {
            let name = providers::set_default(file, name)?;
            print::out(&format!("Default provider set to {name}"))
        }
        None => match providers::default_provider(&file.load()?) {
            Some(name) => print::out(&format!("Your default provider is {name}")),
            None => print::out(
                "There is no default provider: explanations are the built-in guidance of each rule.\n\
                 `k8sgpt auth add` adds a provider, `k8sgpt auth default -p NAME` chooses one",
            ),
        },
    }
}

fn list(file: &ConfigFile, details: bool, form: Form) -> Result<(), Failure> {
    let list = providers::list(&file.load()?);
    for one in list.iter().filter(|one| !one.missing.is_empty()) {
        let what = one.missing.join(", ").replace("password", "a key");
        print::note(&format!("Warning: {} cannot be called without {what}", one.name));
    }
    match form {
        Form::Json => {
            let pick = |wanted: &dyn Fn(&Listed) -> bool| -> Vec<&Listed> {
                list.iter().filter(|one| wanted(one)).collect()
            };
            let default = list.iter().find(|one| one.default).map(|one| one.name.as_str());
            let unused: Vec<&str> =
                list.iter().filter(|one| !one.active).map(|one| one.name.as_str()).collect();
            let json = serde_json::json!({
                "default": default,
                "active": pick(&|one| one.active),
                "unused": unused,
            });
            print::out(&format!("{json:#}"))
        }
        Form::Text => print::out(&text(&list, details)),
    }
}

/// A title, what belongs under it, and whether its details are shown.
type Section<'a> = (&'a str, &'a dyn Fn(&Listed) -> bool, bool);

fn text(list: &[Listed], details: bool) -> String {
    let mut text = String::new();
    let sections: [Section<'_>; 3] = [
        ("Default:", &|one| one.default, false),
        ("Active:", &|one| one.active, details),
        ("Unused:", &|one| !one.active, false),
    ];
    for (title, wanted, details) in sections {
        let _ = writeln!(text, "{title}");
        for one in list.iter().filter(|one| wanted(one)) {
            let _ = writeln!(text, "> {}", one.name);
            if details {
                let _ = writeln!(text, "   - key: {}", one.key);
                for (key, value) in &one.settings {
                    let _ = writeln!(text, "   - {key}: {value}");
                }
            }
        }
    }
    text
}

/// What the flags give.
fn given(settings: &Settings) -> Result<Given, Failure> {
    let mut given = Given::default();
    let headers = (!settings.custom_headers.is_empty()).then(|| settings.custom_headers.join(","));
    let texts = [
        (Setting::Model, &settings.model),
        (Setting::BaseUrl, &settings.baseurl),
        (Setting::ProxyEndpoint, &settings.proxy_endpoint),
        (Setting::CustomHeaders, &headers),
        (Setting::EndpointName, &settings.endpointname),
        (Setting::Engine, &settings.engine),
        (Setting::ProviderRegion, &settings.provider_region),
        (Setting::ProviderId, &settings.provider_id),
        (Setting::CompartmentId, &settings.compartment_id),
        (Setting::OrganizationId, &settings.organization_id),
        (Setting::AzureApiType, &settings.azure_api_type),
        (Setting::AzureApiVersion, &settings.azure_api_version),
        (Setting::Temperature, &settings.temperature),
        (Setting::TopP, &settings.topp),
        (Setting::TopK, &settings.topk),
        (Setting::MaxTokens, &settings.maxtokens),
        (Setting::StopSequences, &settings.stopsequences),
        (Setting::TimeoutSeconds, &settings.timeout),
        (Setting::PasswordEnv, &settings.password_env),
        (Setting::Password, &settings.password),
    ];
    for (setting, text) in texts {
        if let Some(text) = text {
            given.set(setting, text);
        }
    }
    if settings.password.as_ref().is_some_and(|key| !key.is_empty()) {
        print::note(
            "Warning: process lists and shell histories show a key on the command line; \
             --password-env, --password-file or the prompt keep it to yourself",
        );
    }
    let unset =
        settings.password_env.as_ref().filter(|name| !name.is_empty() && std::env::var_os(name).is_none());
    if let Some(name) = unset {
        print::note(&format!("Warning: the variable {name} is not set here"));
    }
    if let Some(path) = &settings.password_file {
        key_from(path, &mut given)?;
    }
    Ok(given)
}

/// The key of a file: its path is kept, or the key itself when it comes from standard input.
fn key_from(path: &str, given: &mut Given) -> Result<(), Failure> {
    if path == "-" {
        let key = providers::key_text(std::io::stdin().lock());
        let key = key.map_err(|problem| Failure::Failed(format!("the key on standard input {problem}")))?;
        given.set_key(key);
        return Ok(());
    }
    if !path.is_empty() {
        providers::key_file(path.as_ref())?;
    }
    let absolute =
        std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string());
    given.set(Setting::PasswordFile, if path.is_empty() { path } else { &absolute });
    Ok(())
}

/// A key that a person types, without showing it.
fn ask(backend: &str) -> Result<engine::providers::Key, Failure> {
    let way = format!(
        "{backend} needs a key; give one with --password-env NAME, or --password-file PATH (- is standard input)"
    );
    if !std::io::stdin().is_terminal() {
        return Err(Failure::Failed(format!("{way}, or run this in a terminal to be asked for it")));
    }
    let typed = rpassword::prompt_password(format!("Enter {backend} Key: "));
    let typed =
        typed.map_err(|error| Failure::Failed(format!("the key cannot be asked for: {error}; {way}")))?;
    providers::key_text(typed.as_bytes())
        .map_err(|problem| Failure::Failed(format!("the key {problem}; {way}")))
}

#[cfg(feature = "keyring")]
fn keyring(settings: &Settings) -> bool {
    settings.keyring
}

#[cfg(not(feature = "keyring"))]
fn keyring(_settings: &Settings) -> bool {
    false
}

/// Moves the key that was given into the system's keyring.
fn into_keyring(name: &str, mut given: Given) -> Result<Given, Failure> {
    if let Some(key) = given.take_key() {
        let stored = providers::store_key(name, &key);
        stored.map_err(|problem| {
            Failure::Failed(format!("the system's keyring does not keep the key: {problem}"))
        })?;
        given.set(Setting::PasswordKeyring, "true");
    }
    Ok(given)
}

fn warn(changed: &Changed) {
    for warning in &changed.warnings {
        print::note(&format!("Warning: {warning}"));
    }
}
