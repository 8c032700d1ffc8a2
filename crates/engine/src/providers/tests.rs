use super::settings::Checked;
use super::*;
use crate::config::{Config, ConfigFile, KeyPlace, Provider};
use std::collections::BTreeSet;
use std::fs;

const CANARY: &str = "canary-4711-canary";

fn file(text: &str) -> (tempfile::TempDir, ConfigFile) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("k8sgpt.yaml");
    fs::write(&path, text).unwrap();
    (directory, ConfigFile::new(path))
}

fn config(text: &str) -> Config {
    file(text).1.load().unwrap()
}

fn env<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| pairs.iter().find(|(have, _)| *have == name).map(|(_, value)| (*value).to_owned())
}

fn given(pairs: &[(Setting, &str)]) -> Given {
    let mut given = Given::default();
    for (setting, text) in pairs {
        given.set(*setting, text);
    }
    given
}

#[test]
fn tables_are_whole() {
    let names: BTreeSet<&str> = BACKENDS.iter().map(|backend| backend.name).collect();
    assert_eq!((names.len(), BACKENDS.len()), (19, 19));
    let keys: BTreeSet<&str> = Setting::all().map(Setting::key).collect();
    assert_eq!(keys.len(), Setting::all().count());
    for backend in BACKENDS {
        let provider = Provider { name: backend.name.to_owned(), ..Provider::default() };
        assert_eq!(
            !missing(&provider).contains(&Setting::Password),
            backend.passwordless,
            "{}",
            backend.name
        );
        let needs = usize::from(!backend.passwordless) + backend.required.len();
        assert_eq!(missing(&provider).len(), needs, "every required setting is looked for: {}", backend.name);
    }
}

#[test]
fn values_are_checked_and_quoted_unless_secret() {
    let good = [
        (Setting::Temperature, "0"),
        (Setting::Temperature, "2"),
        (Setting::TopP, "1.0"),
        (Setting::TopK, "1"),
        (Setting::TopK, "500"),
        (Setting::MaxTokens, "1"),
        (Setting::BaseUrl, "http://localhost:8080/v1"),
        (Setting::BaseUrl, "HTTPS://u:p@host"),
        (Setting::ProxyEndpoint, "socks5://p:1"),
        (Setting::AzureApiType, "azure_ad"),
        (Setting::CustomHeaders, "X-A: b, X-C:d"),
        (Setting::PasswordEnv, "MY_KEY"),
    ];
    for (setting, text) in good {
        assert!(setting.parse(text).is_ok(), "{setting:?} {text}");
    }
    let bad = [
        (Setting::Temperature, "2.1", "\"2.1\" is not accepted: it is a number from 0 to 2"),
        (Setting::Temperature, "-0.1", "from 0 to 2"),
        (Setting::Temperature, "NaN", "from 0 to 2"),
        (Setting::Temperature, "warm", "\"warm\""),
        (Setting::TopP, "1.5", "from 0 to 1"),
        (Setting::TopK, "0", "from 1 on"),
        (Setting::MaxTokens, "1e3", "from 1 on"),
        (Setting::BaseUrl, "canary", "http://"),
        (Setting::BaseUrl, "ftp://canary", "http://"),
        (Setting::BaseUrl, "http://", "http://"),
        (Setting::BaseUrl, "http://canary:x@:80", "http://"),
        (Setting::AzureApiType, "aws", "AZURE_AD"),
        (Setting::CustomHeaders, "canary", "Name:value"),
        (Setting::CustomHeaders, "A:canary\r\nB:c", "control"),
        (Setting::PasswordEnv, "sk-live=1", "environment variable"),
        (Setting::Model, "a\nb", "control"),
    ];
    for (setting, text, part) in bad {
        let problem = setting.parse(text).err().unwrap();
        assert!(problem.contains(part) && !problem.contains("canary"), "{setting:?} {text:?}: {problem}");
    }
    assert!(Setting::Temperature.parse("1.2").unwrap().warning(Setting::Temperature).is_some());
    assert!(Setting::Temperature.parse("1").unwrap().warning(Setting::Temperature).is_none());
    let headers = Setting::CustomHeaders.parse("Accept: a,b,X-U:http://x,https://y").unwrap();
    let expected = [("Accept", "a,b"), ("X-U", "http://x,https://y")];
    let expected = expected.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec();
    assert!(headers == Checked::Headers(expected));
}

type Variables<'a> = &'a [(&'a str, &'a str)];
/// Configuration, environment, the name asked for, the choice.
type Chooses<'a> = (&'a str, Variables<'a>, Option<&'a str>, Option<(&'a str, Why)>);
/// Environment, the name asked for, parts of the message.
type Refuses<'a> = (Variables<'a>, Option<&'a str>, &'a [&'a str]);

#[test]
fn the_order_of_choice() {
    let two = "ai: {defaultprovider: ollama, providers: [{name: openai, password: a}, {name: ollama}]}";
    let one = "ai: {providers: [{name: groq, password: a}]}";
    let cases: &[Chooses<'_>] = &[
        ("", &[], None, None),
        ("", &[("K8SGPT_TEMPERATURE", "0.1")], None, None),
        ("", &[("K8SGPT_BACKEND", " ")], None, None),
        (two, &[], None, Some(("ollama", Why::Default))),
        (two, &[], Some("OpenAI"), Some(("openai", Why::Asked))),
        (two, &[("K8SGPT_BACKEND", "openai")], None, Some(("openai", Why::Environment))),
        (two, &[("K8SGPT_BACKEND", "openai")], Some("ollama"), Some(("ollama", Why::Asked))),
        (two, &[("K8SGPT_BACKEND", "groq")], None, Some(("groq", Why::Environment))),
        (one, &[], None, Some(("groq", Why::Only))),
        (one, &[("K8SGPT_MODEL", "m")], None, Some(("groq", Why::Only))),
        ("", &[("K8SGPT_PASSWORD", "x")], None, Some(("openai", Why::Environment))),
        ("", &[("K8SGPT_BASEURL", "http://x")], Some("openai"), Some(("openai", Why::Asked))),
    ];
    for (text, variables, asked, expected) in cases {
        let found = chosen(&config(text), &env(variables), *asked).unwrap();
        let found = found.as_ref().map(|choice| (choice.provider.name.as_str(), choice.why));
        assert_eq!(&found, expected, "{text} {variables:?} {asked:?}");
    }
}

#[test]
fn the_environment_overrides_single_settings_of_its_own_provider_only() {
    let text = "ai: {providers: [{name: openai, passwordenv: K, model: old, engine: kept}, {name: anthropic, password: a}]}";
    let variables: &[(&str, &str)] = &[
        ("K8SGPT_BACKEND", "openai"),
        ("K8SGPT_PASSWORD", "new"),
        ("K8SGPT_MODEL", "m"),
        ("K8SGPT_BASEURL", "http://b"),
        ("K8SGPT_AZURE_API_TYPE", "AZURE"),
        ("K8SGPT_AZURE_API_VERSION", "v"),
        ("K8SGPT_PROXY_ENDPOINT", "http://p"),
        ("K8SGPT_PROVIDER_ID", "i"),
        ("K8SGPT_CUSTOM_HEADERS", "A:b,C:d"),
        ("K8SGPT_TEMPERATURE", "0.7"),
        ("K8SGPT_TOP_P", "1"),
        ("K8SGPT_TOP_K", "5"),
        ("K8SGPT_MAX_TOKENS", "9"),
        ("K8SGPT_REGION", "r"),
        ("K8SGPT_ENDPOINT_NAME", "e"),
        ("K8SGPT_COMPARTMENT_ID", "c"),
        ("K8SGPT_ORGANIZATION_ID", "o"),
    ];
    let config = config(text);
    let provider = choose(&config, &env(variables), None).unwrap().unwrap();
    let shown: Vec<String> =
        listed::settings(&provider).into_iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(
        shown.join(" "),
        "azureapitype=AZURE azureapiversion=v baseurl=http://b compartmentid=c customheaders=A, C endpointname=e engine=kept maxtokens=9 model=m organizationid=o providerid=i providerregion=r proxyendpoint=http://p temperature=0.7 topk=5 topp=1"
    );
    assert!(provider.key_place.is_none());
    assert!(provider.password.unwrap().expose_for_computation() == b"new");
    let other = choose(&config, &env(variables), Some("anthropic")).unwrap().unwrap();
    assert!(other.model.is_none() && other.password.unwrap().expose_for_computation() == b"a");
    let nameless = [("K8SGPT_PASSWORD", "new")];
    let other = choose(&config, &env(&nameless), Some("anthropic")).unwrap().unwrap();
    assert!(other.password.unwrap().expose_for_computation() == b"a", "a key goes to nobody else");
}

#[test]
fn mistakes_say_what_to_do() {
    let one = "ai: {defaultprovider: openai, providers: [{name: groq, password: a}]}";
    let cases: &[Refuses<'_>] = &[
        (&[], Some("opnai"), &["\"opnai\" does not exist; did you mean openai?"]),
        (&[("K8SGPT_BACKEND", "grok")], None, &["(from K8SGPT_BACKEND)", "did you mean groq?"]),
        (
            &[],
            Some("anthropic"),
            &["not in the configuration file, which has groq", "k8sgpt auth add -b anthropic"],
        ),
        (&[], None, &["\"openai\" (from ai.defaultprovider) is not in the configuration file"]),
        (&[("K8SGPT_TEMPERATURE", "9")], None, &["K8SGPT_TEMPERATURE: \"9\""]),
        (&[("K8SGPT_BASEURL", CANARY)], None, &["K8SGPT_BASEURL: it must be a URL"]),
        (&[("K8SGPT_CUSTOM_HEADERS", CANARY)], None, &["K8SGPT_CUSTOM_HEADERS: headers are"]),
    ];
    for (variables, asked, parts) in cases {
        let error = choose(&config(one), &env(variables), *asked).err().unwrap().to_string();
        assert!(parts.iter().all(|part| error.contains(part)) && !error.contains(CANARY), "{error}");
    }
}

#[test]
fn keys_are_fetched_when_they_are_needed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("key");
    fs::write(&path, format!("  {CANARY}\n")).unwrap();
    let with = |name: &str, place: Option<KeyPlace>| Provider {
        name: name.to_owned(),
        key_place: place,
        ..Provider::default()
    };
    let key = |provider: &Provider| {
        let ready =
            resolve(provider, &env(&[("MINE", CANARY), ("EMPTY", " "), ("AWS_REGION", "eu-west-1")]))?;
        let text =
            |sealed: view::Sensitive| String::from_utf8(sealed.expose_for_computation().to_vec()).unwrap();
        Ok::<_, ProviderError>((ready.password.map(text), ready.provider_region))
    };
    let variable = |name: &str| Some(KeyPlace::Variable(name.to_owned()));
    for place in [variable("MINE"), Some(KeyPlace::File(path.clone()))] {
        assert_eq!(key(&with("openai", place)).unwrap().0.as_deref(), Some(CANARY));
    }
    assert_eq!(key(&with("ollama", None)).unwrap(), (None, None));
    assert_eq!(key(&with("amazonbedrock", None)).unwrap().1.as_deref(), Some("eu-west-1"));
    fs::write(directory.path().join("empty"), "\n").unwrap();
    fs::write(directory.path().join("large"), vec![b'a'; 70_000]).unwrap();
    fs::write(directory.path().join("bytes"), b"\xff\xfe").unwrap();
    let of = |name: &str| Some(KeyPlace::File(directory.path().join(name)));
    let cases = [
        (with("openai", None), "has no key; give one with `k8sgpt auth update -b openai`"),
        (with("oci", None), "needs --compartmentId"),
        (with("openai", variable("OTHER")), "variable OTHER: it is not set here, or empty"),
        (with("openai", variable("EMPTY")), "variable EMPTY"),
        (with("openai", of("missing")), "cannot be read"),
        (with("openai", of("empty")), "is empty"),
        (with("openai", of("large")), "larger than 64 KiB"),
        (with("openai", of("bytes")), "not UTF-8"),
    ];
    for (provider, part) in cases {
        let error = key(&provider).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    #[cfg(not(feature = "keyring"))]
    assert!(
        key(&with("openai", Some(KeyPlace::Keyring)))
            .unwrap_err()
            .to_string()
            .contains("without the feature")
    );
}

#[test]
fn only_what_was_given_is_written() {
    let (_directory, file) = file("# mine\nactive_filters: [Pod]\n");
    let read = || fs::read_to_string(file.path()).unwrap();
    let none = Given::default();
    assert!(needs_key(&file, "openai", &none).unwrap() && !needs_key(&file, "ollama", &none).unwrap());
    assert!(matches!(add(&file, "openai", &none), Err(ProviderError::NoKey { .. })));
    let incomplete = needs_key(&file, "azureopenai", &none).unwrap_err().to_string();
    assert_eq!(incomplete, "AI backend \"azureopenai\" needs --engine and --baseurl");
    let two = given(&[(Setting::Password, CANARY), (Setting::PasswordEnv, "A")]);
    let two = add(&file, "openai", &two).unwrap_err().to_string();
    assert!(two.contains("--password and --password-env") && !two.contains(CANARY), "{two}");
    assert_eq!(read(), "# mine\nactive_filters: [Pod]\n", "nothing was changed");

    let changed =
        add(&file, "OpenAI", &given(&[(Setting::PasswordEnv, "KEY"), (Setting::Temperature, "1.5")]))
            .unwrap();
    assert_eq!((changed.names.join(" "), changed.warnings.len()), ("openai".to_owned(), 1));
    let entry = "    - name: openai\n      passwordenv: KEY\n      temperature: 1.5\n";
    assert_eq!(read(), format!("# mine\nactive_filters: [Pod]\nai:\n  providers:\n{entry}"));
    assert!(matches!(add(&file, "openai", &none), Err(ProviderError::Exists { .. })));
    add(&file, "ollama", &none).unwrap();

    assert!(matches!(update(&file, &["openai".to_owned()], &none), Err(ProviderError::NothingGiven { .. })));
    let both = [" openai".to_owned(), "ollama".to_owned(), "openai".to_owned()];
    let change = given(&[
        (Setting::TopK, "7"),
        (Setting::CustomHeaders, "A:b"),
        (Setting::StopSequences, "x,y"),
        (Setting::Temperature, ""),
        (Setting::Password, "p"),
    ]);
    assert_eq!(update(&file, &both, &change).unwrap().names, ["openai", "ollama"]);
    let settings = "topk: 7\n      customheaders: [{\"A\":[\"b\"]}]\n      stopsequences: [\"x\",\"y\"]\n      password: p\n";
    let text = read();
    assert!(
        text.ends_with(&format!("    - name: openai\n      {settings}    - name: ollama\n      {settings}")),
        "{text}"
    );
    let lost = update(&file, &["openai".to_owned()], &given(&[(Setting::Password, "")])).unwrap();
    assert_eq!(lost.warnings, ["openai cannot be called without --password"]);

    assert_eq!(set_default(&file, "OLLAMA").unwrap(), "ollama");
    assert!(matches!(set_default(&file, "groq"), Err(ProviderError::NotConfigured { .. })));
    assert_eq!(default_provider(&file.load().unwrap()), Some("ollama"));
    assert!(matches!(
        remove(&file, &["ollama".to_owned(), "groq".to_owned()]),
        Err(ProviderError::NotConfigured { .. })
    ));
    assert!(matches!(remove(&file, &[" ".to_owned()]), Err(ProviderError::NothingNamed)));
    let removed = remove(&file, &["ollama".to_owned(), "openai".to_owned()]).unwrap();
    assert!(removed.warnings[0].contains("auth default -p NAME"));
    assert_eq!(read(), "# mine\nactive_filters: [Pod]\nai:\n  providers: []\n");
}

#[test]
fn lists_never_hold_a_key() {
    let text = format!(
        "ai:\n  defaultprovider: openai\n  providers:\n    - {{name: openai, password: {CANARY}, baseurl: 'https://u:{CANARY}@h/v1?k={CANARY}', customheaders: [{{A: [{CANARY}]}}]}}\n    - {{name: groq, passwordfile: /k}}\n    - {{name: cohere}}\n    - {{name: watsonxai}}\n    - {{name: ollama}}\n"
    );
    let list = list(&config(&text));
    assert_eq!(list.len(), 20);
    assert!(!serde_json::to_string(&list).unwrap().contains("canary"));
    let key = |name: &str| list.iter().find(|one| one.name == name).unwrap().key.as_str();
    let keys = ["openai", "groq", "cohere", "ollama", "google"].map(key);
    assert_eq!(keys, ["set", "from file /k", "missing", "not needed", ""]);
    let openai = &list[0];
    assert!(openai.active && openai.default);
    assert_eq!(openai.settings["baseurl"], "https://h/v1");
}
