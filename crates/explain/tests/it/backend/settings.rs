//! What is configured: sent, refused, or named as left out.

use explain::{BACKENDS, Backend, BackendError, Decimal, Parameters, Provider, Surroundings};
use serde_json::Value;

use super::server::{self, Reply};
use super::{KEY, asked, backend, body, parameters, provider, question, sealed, surroundings};

fn made(provider: &Provider) -> Result<Backend, BackendError> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Backend::new(provider, &Surroundings::default(), &[])
}

/// The error of a provider that has only a name.
fn bare(name: &str) -> String {
    made(&Provider { name: name.to_owned(), ..Provider::default() }).unwrap_err().to_string()
}

#[test]
fn what_is_missing_is_named_with_its_flag() {
    for (name, flag) in [
        ("openai", "--password"),
        ("anthropic", "--password"),
        ("localai", "--model"),
        ("litellm", "--model"),
        ("amazonbedrock", "--model"),
        ("amazonsagemaker", "--providerRegion"),
        ("googlevertexai", "--providerId"),
        ("oci", "--model"),
        ("azureopenai", "--baseurl"),
    ] {
        let error = bare(name);
        assert!(error.contains(flag), "{name}: {error}");
    }
    let local = Provider { name: "localai".to_owned(), model: Some("m".to_owned()), ..Provider::default() };
    assert!(made(&local).unwrap_err().to_string().contains("--baseurl"), "never OpenAI's own API");
    assert!(bare("watsonxai").contains("ibmwatsonxai"), "all names are told");
    assert!(made(&Provider { name: "Ollama".to_owned(), ..Provider::default() }).is_ok(), "in any case");
    let region =
        Provider { provider_region: Some("evil.example/".to_owned()), ..provider("amazonbedrock", "") };
    let region = Provider { base_url: None, ..region };
    assert!(matches!(made(&region), Err(BackendError::Setting { what: "the region", .. })));
}

#[test]
fn where_backends_are_when_nothing_is_said() {
    for info in BACKENDS.iter().filter(|info| info.url.is_some()) {
        let name = info.name;
        let provider = Provider { base_url: None, ..provider(name, "") };
        let _ = rustls::crypto::ring::default_provider().install_default();
        let backend = Backend::new(&provider, &surroundings("https://iam.example.com"), &[]);
        let endpoint = backend.unwrap_or_else(|e| panic!("{name}: {e}")).endpoint();
        let region = if name == "googlevertexai" { "europe-west4" } else { "eu-west-1" };
        assert_eq!(endpoint, info.url.unwrap().replace("{region}", region), "{name}");
    }
}

/// Every number that is set, somewhere in a body.
fn holds(body: &Value, number: f64) -> bool {
    match body {
        Value::Number(n) => n.as_f64() == Some(number),
        Value::Array(all) => all.iter().any(|value| holds(value, number)),
        Value::Object(all) => all.values().any(|value| holds(value, number)),
        _ => false,
    }
}

#[tokio::test]
async fn a_set_parameter_is_sent_or_named() {
    for info in BACKENDS.iter().filter(|info| info.name != "noopai") {
        for set in [true, false] {
            let (url, seen) = server::start(|request, _| match request.target.as_str() {
                "/identity/token" => server::json(200, &serde_json::json!({ "access_token": "t" })),
                _ => Reply::Answer(418, "text/plain", String::new(), Vec::new()),
            })
            .await;
            let mut provider = provider(info.name, &url);
            provider.parameters = if set { parameters() } else { Parameters::default() };
            let backend = Backend::new(&provider, &surroundings(&url), &[]).unwrap();
            assert!(asked(&backend, &question(false)).await.0.is_err());
            let sent = body(seen.lock().unwrap().last().unwrap());
            let told = backend.warnings().join("\n");
            for (name, number) in [("temperature", 0.25), ("topp", 0.5), ("topk", 40.0), ("maxtokens", 64.0)]
            {
                let there = holds(&sent, number);
                let expected = set && !told.contains(&format!("{name} is not sent"));
                assert_eq!(there, expected, "{} {name}: {sent} {told}", info.name);
            }
            assert_eq!(sent.to_string().contains("END"), set, "{}", info.name);
            assert_eq!(told.contains("topk"), set && !info.parameters.contains(&"topk"), "{}", info.name);
        }
    }
}

#[test]
fn what_claude_takes() {
    let told = |model: &str| {
        let provider = Provider {
            model: Some(model.to_owned()),
            parameters: parameters(),
            ..provider("anthropic", "https://api.anthropic.com")
        };
        made(&provider).unwrap().warnings().len()
    };
    assert_eq!(
        [told("claude-3-5-sonnet-latest"), told("claude-sonnet-4-5"), told("claude-sonnet-5")],
        [0, 1, 3]
    );
}

#[test]
fn the_key_of_a_cache_knows_what_decides_and_no_secret() {
    let one = |change: &dyn Fn(&mut Provider)| {
        let mut provider = provider("openai", "https://u:canary-p@x.example/v1?k=canary-q");
        change(&mut provider);
        made(&provider).unwrap().parameters()
    };
    let usual = one(&|_| {});
    assert!(!usual.contains(KEY) && !usual.contains("canary"), "{usual}");
    assert_eq!(usual, one(&|p| p.password = Some(sealed("another-key"))));
    assert_ne!(usual, one(&|p| p.parameters.temperature = Decimal::new(0.1)));
    assert_ne!(usual, one(&|p| p.parameters.stop_sequences = vec!["x".to_owned()]));
    assert_ne!(usual, one(&|p| p.base_url = Some(sealed("https://y.example/v1"))));
}

#[tokio::test]
async fn headers_of_the_user_win() {
    let (url, seen) = server::start(|_, _| server::answer("ok")).await;
    let mut provider = provider("openai", &url);
    provider.custom_headers = vec![
        ("X-Team".to_owned(), sealed("a")),
        ("X-Team".to_owned(), sealed("b")),
        ("X-Two".to_owned(), sealed("c")),
    ];
    let more = [("authorization".to_owned(), sealed("Token own")), ("x-two".to_owned(), sealed("d"))];
    let backend = Backend::new(&provider, &surroundings(&url), &more).unwrap();
    backend.check().await.unwrap();
    let request = seen.lock().unwrap()[0].clone();
    assert_eq!(request.header("authorization"), "Token own");
    let team: Vec<&str> = request
        .headers
        .iter()
        .filter(|(name, _)| name == "x-team")
        .map(|(_, value)| value.as_str())
        .collect();
    assert_eq!((team, request.header("x-two")), (vec!["a", "b"], "d"));
    assert!(request.header("user-agent").starts_with("k8sgpt/"));
    let bad = [("no name".to_owned(), sealed("x"))];
    assert!(matches!(Backend::new(&provider, &surroundings(&url), &bad), Err(BackendError::Setting { .. })));
    let bad = [("x".to_owned(), sealed("canary\nvalue"))];
    let error = Backend::new(&provider, &surroundings(&url), &bad).unwrap_err().to_string();
    assert!(!error.contains("canary"), "{error}");
}

#[tokio::test]
async fn user_and_password_of_a_url_are_sent_as_such() {
    let (url, seen) = server::start(|_, _| server::answer("ok")).await;
    let local = url.replace("http://", "http://user:p%40ss@");
    let provider = Provider { password: None, ..provider("localai", &local) };
    Backend::new(&provider, &Surroundings::default(), &[]).unwrap().check().await.unwrap();
    assert_eq!(seen.lock().unwrap()[0].header("authorization"), "Basic dXNlcjpwQHNz");
}

#[tokio::test]
async fn proxies() {
    let (proxy, seen) = server::start(|_, _| server::answer("through the proxy")).await;
    let far = "http://llm.internal:8080/v1";
    let own = Provider { proxy_endpoint: Some(sealed(&proxy)), ..provider("localai", far) };
    let around = Surroundings::new(|name| (name == "HTTP_PROXY").then(|| proxy.clone()));
    for (provider, around) in [(own, Surroundings::default()), (provider("localai", far), around)] {
        let backend = Backend::new(&provider, &around, &[]).unwrap();
        assert_eq!(asked(&backend, &question(false)).await.0.unwrap().text, "through the proxy");
    }
    assert_eq!(seen.lock().unwrap()[0].target, "http://llm.internal:8080/v1/chat/completions");
    // The environment's proxy is not for this machine.
    let (url, _) = server::start(|_, _| server::answer("direct")).await;
    let around = Surroundings::new(|name| (name == "HTTP_PROXY").then(|| proxy.clone()));
    let backend = Backend::new(&provider("localai", &url), &around, &[]).unwrap();
    assert_eq!(asked(&backend, &question(false)).await.0.unwrap().text, "direct");
    let around = Surroundings::new(|name| match name {
        "HTTP_PROXY" => Some(proxy.clone()),
        "NO_PROXY" => Some("llm.internal".to_owned()),
        _ => None,
    });
    let short = Provider { timeout_seconds: Some(2), ..provider("localai", far) };
    let backend = Backend::new(&short, &around, &[]).unwrap();
    assert!(asked(&backend, &question(false)).await.0.is_err(), "asked without the proxy");
}

#[tokio::test]
async fn a_token_of_ibm_is_asked_for_once_and_its_refusal_told() {
    let (url, seen) = server::start(|request, _| match request.target.as_str() {
        "/identity/token" => {
            server::json(200, &serde_json::json!({ "access_token": "t-1", "expires_in": 3600 }))
        }
        _ => server::answer("ok"),
    })
    .await;
    let watsonx = backend("ibmwatsonxai", &url);
    for _ in 0..2 {
        watsonx.check().await.unwrap();
    }
    let targets: Vec<String> = seen.lock().unwrap().iter().map(|request| request.target.clone()).collect();
    assert_eq!(targets.iter().filter(|target| *target == "/identity/token").count(), 1, "{targets:?}");
    let said = format!("Provided API key {KEY} could not be found");
    let (url, _) =
        server::start(move |_, _| server::json(400, &serde_json::json!({ "errorMessage": said }))).await;
    let error = backend("ibmwatsonxai", &url).check().await.unwrap_err().to_string();
    assert!(error.contains("could not be found") && !error.contains(KEY), "{error}");
}

#[test]
fn credentials_of_clouds_that_cannot_be_used() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let around = |pairs: &'static [(&str, &str)]| {
        Surroundings::new(move |name| {
            pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    };
    let aws = provider("amazonbedrock", "https://bedrock.example");
    for (pairs, words) in [
        (&[("AWS_ACCESS_KEY_ID", "AKID")][..], "set both"),
        (&[("AWS_PROFILE", "nobody")][..], "\"nobody\""),
        (&[("AWS_EC2_METADATA_DISABLED", "true")][..], "no keys in the environment"),
        (&[("AWS_ACCESS_KEY_ID", "A/B"), ("AWS_SECRET_ACCESS_KEY", "canary secret")][..], "copy them again"),
        (&[("AWS_ROLE_ARN", "r"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nonexistent")][..], "/nonexistent"),
    ] {
        let error = Backend::new(&aws, &around(pairs), &[]).unwrap_err().to_string();
        assert!(error.contains(words) && !error.contains("canary"), "{error}");
    }
    let vertex = Provider {
        password: Some(sealed("{\"private_key\":\"canary\"}")),
        ..provider("googlevertexai", "https://v.example")
    };
    let error = made(&vertex).unwrap_err().to_string();
    assert!(error.contains("private_key_id") && !error.contains("canary"), "{error}");
    let oci = made(&Provider { password: None, ..provider("oci", "https://oci.example") });
    assert!(oci.unwrap_err().to_string().contains("oci setup config"));
}
