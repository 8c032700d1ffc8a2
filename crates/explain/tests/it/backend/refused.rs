//! Servers that know less than OpenAI.

use explain::{Backend, BackendError};
use serde_json::{Value, json};

use super::server::{self, Reply};
use super::{asked, backend, body, provider, question, surroundings};

fn bad(message: &str) -> Reply {
    server::json(400, &json!({ "error": { "message": message } }))
}

#[tokio::test]
async fn a_schema_that_is_refused_is_left_out_once_and_for_all() {
    let (url, seen) = server::start(|request, _| match body(request).get("response_format") {
        Some(_) => bad("response_format is not supported"),
        None => server::answer("ok"),
    })
    .await;
    let backend = backend("localai", &url);
    for _ in 0..2 {
        assert_eq!(asked(&backend, &question(true)).await.0.unwrap().text, "ok");
    }
    let with: Vec<bool> =
        seen.lock().unwrap().iter().map(|r| body(r).get("response_format").is_some()).collect();
    assert_eq!(with, [true, false, false]);
}

#[tokio::test]
async fn a_request_that_stays_wrong_keeps_its_first_reason() {
    let (url, seen) =
        server::start(|_, number| bad(if number == 0 { "temperature is too high" } else { "no" })).await;
    let error = asked(&backend("openai", &url), &question(true)).await.0.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("too high") && text.contains("change or remove temperature"), "{text}");
    assert!(matches!(error, BackendError::Rejected { status: 400, .. }));
    assert_eq!(seen.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_server_behind_a_path_may_have_no_version() {
    let (url, seen) = server::start(|request, _| match request.target.as_str() {
        "/gateway/chat/completions" => server::answer("ok"),
        _ => Reply::Answer(404, "text/plain", String::new(), b"no route".to_vec()),
    })
    .await;
    let backend = backend("openai", &format!("{url}/gateway/"));
    for _ in 0..2 {
        assert_eq!(asked(&backend, &question(false)).await.0.unwrap().text, "ok");
    }
    assert_eq!(seen.lock().unwrap().len(), 3);
}

/// The path that is asked for, with this base URL and setting.
async fn path(name: &str, base: &str, azure: Option<&str>) -> String {
    let (url, seen) = server::start(|_, _| server::json(418, &Value::Null)).await;
    let mut provider = provider(name, &format!("{url}{base}"));
    provider.azure_api_type = azure.map(str::to_owned);
    provider.azure_api_version = None;
    let backend = Backend::new(&provider, &surroundings(&url), &[]).unwrap();
    assert!(asked(&backend, &question(false)).await.0.is_err());
    let seen = seen.lock().unwrap();
    seen[0].target.clone()
}

#[tokio::test]
async fn base_urls_in_their_forms() {
    for (name, base, expected) in [
        ("openai", "", "/v1/chat/completions"),
        ("openai", "/", "/v1/chat/completions"),
        ("openai", "/v1", "/v1/chat/completions"),
        ("openai", "/v1/", "/v1/chat/completions"),
        ("openai", "/prefix", "/prefix/v1/chat/completions"),
        ("openai", "/prefix/v1", "/prefix/v1/chat/completions"),
        ("openai", "/api/paas/v4", "/api/paas/v4/chat/completions"),
        ("openai", "/v1beta/openai", "/v1beta/openai/chat/completions"),
        ("openai", "/v1/chat/completions", "/v1/chat/completions"),
        ("openai", "/v1?tenant=a", "/v1/chat/completions?tenant=a"),
        ("groq", "/openai", "/openai/v1/chat/completions"),
        ("litellm", "", "/v1/chat/completions"),
        ("anthropic", "", "/v1/messages"),
        ("anthropic", "/v1", "/v1/messages"),
        ("anthropic", "/v1/messages", "/v1/messages"),
        ("anthropic", "/proxy/v1/messages/", "/proxy/v1/messages"),
        ("ollama", "/", "/api/chat"),
        ("ollama", "/v1", "/api/chat"),
        ("ollama", "/api", "/api/chat"),
        ("ollama", "/ollama/api/generate", "/ollama/api/chat"),
        ("cohere", "/v2", "/v2/chat"),
        ("cohere", "/v1", "/v2/chat"),
        ("google", "/v1beta", "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"),
        ("customrest", "/a/b", "/a/b"),
    ] {
        assert_eq!(path(name, base, None).await, expected, "{name} {base}");
    }
}

#[tokio::test]
async fn azure_in_its_forms() {
    let usual = "/openai/deployments/gpt/chat/completions?api-version=2023-05-15";
    for (base, kind, expected) in [
        ("", None, usual),
        ("/", Some("AZURE"), usual),
        ("/openai", Some("azure"), usual),
        ("/openai/", Some("AZURE_AD"), usual),
        ("/openai/deployments/gpt", None, usual),
        ("/openai/v1", None, "/openai/v1/chat/completions"),
        ("/gw/azure/gpt", Some("CLOUDFLARE_AZURE"), "/gw/azure/gpt/chat/completions?api-version=2023-05-15"),
        (
            "/x?api-version=2024-02-01",
            None,
            "/x/openai/deployments/gpt/chat/completions?api-version=2024-02-01",
        ),
    ] {
        assert_eq!(path("azureopenai", base, kind).await, expected, "{base} {kind:?}");
    }
}
