//! What goes wrong on the way, and what is said of it.

use std::time::Duration;

use explain::{Backend, BackendError, Provider};
use serde_json::json;

use super::server::{self, Reply, Request};
use super::{KEY, asked, backend, provider, question, surroundings};

/// Asks `openai` at a scripted server; the error or the text, what was streamed, and how many requests came.
async fn outcome(
    script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
) -> (Result<String, BackendError>, String, usize) {
    let (url, seen) = server::start(script).await;
    let (reply, pieces) = asked(&backend("openai", &url), &question(false)).await;
    if let Err(error) = &reply {
        assert!(!error.to_string().contains(KEY), "{error}");
        assert!(!format!("{error:?}").contains(KEY), "{error:?}");
    }
    let count = seen.lock().unwrap().len();
    (reply.map(|reply| reply.text), pieces.concat(), count)
}

fn failed(status: u16, more: &str, message: &str) -> Reply {
    let body = json!({ "error": { "message": message, "code": "c" } }).to_string();
    Reply::Answer(status, "application/json", more.to_owned(), body.into_bytes())
}

#[tokio::test]
async fn an_endpoint_that_is_down() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (reply, _) = asked(&backend("openai", &url), &question(false)).await;
    let error = reply.unwrap_err();
    assert!(
        matches!(&error, BackendError::Unreachable { endpoint, .. } if endpoint.starts_with(&url)),
        "{error}"
    );
    assert!(error.concerns_all());
}

#[tokio::test]
async fn a_wrong_key_is_not_tried_again_and_not_quoted() {
    for status in [401, 403] {
        let said = format!("Incorrect API key provided: {KEY}.\u{1b}[31m\nSee the site");
        let (reply, _, count) = outcome(move |_, _| failed(status, "", &said)).await;
        let text = reply.unwrap_err().to_string();
        assert!(text.contains("Incorrect API key provided: <redacted>"), "{text}");
        assert!(text.contains("auth update") && !text.contains('\u{1b}') && !text.contains('\n'), "{text}");
        assert_eq!(count, 1);
    }
}

#[tokio::test]
async fn a_busy_endpoint_is_asked_again_when_it_says() {
    let (reply, _, count) = outcome(|_, number| match number {
        0 => failed(429, "retry-after: 0\r\n", "slow down"),
        1 => failed(503, "retry-after: Wed, 21 Oct 2015 07:28:00 GMT\r\n", "overloaded"),
        _ => server::answer("ok"),
    })
    .await;
    assert_eq!((reply.unwrap().as_str(), count), ("ok", 3));
    let (reply, _, count) = outcome(|_, _| failed(429, "retry-after: 0\r\n", "slow down")).await;
    assert!(matches!(reply, Err(BackendError::Quota { .. })) && count == 3, "at most two retries");
    // Longer than the call may take.
    let (reply, _, count) = outcome(|_, _| failed(429, "retry-after: 86400\r\n", "slow down")).await;
    assert!(matches!(reply, Err(BackendError::Quota { .. })) && count == 1);
    let (reply, _, count) = outcome(|_, _| failed(429, "", "You exceeded your current quota")).await;
    assert!(reply.unwrap_err().to_string().contains("add credit") && count == 1);
}

#[tokio::test]
async fn a_failing_endpoint_is_asked_three_times() {
    let (reply, _, count) = outcome(|_, _| failed(500, "", "boom")).await;
    let text = reply.unwrap_err().to_string();
    assert!(text.contains("HTTP 500") && text.contains("boom (c)"), "{text}");
    assert_eq!(count, 3);
    let (reply, _, count) =
        outcome(|_, number| if number == 0 { Reply::Drop } else { server::answer("ok") }).await;
    assert_eq!((reply.unwrap().as_str(), count), ("ok", 2));
}

#[tokio::test]
async fn a_slow_endpoint_is_left() {
    for script in [Reply::Hang, Reply::Stall("text/event-stream", b"data: {\"choices\":[]}\n\n".to_vec())] {
        let (url, _) = server::start(move |_, _| script.clone()).await;
        let slow = Provider { timeout_seconds: Some(1), ..provider("openai", &url) };
        let backend = Backend::new(&slow, &surroundings(&url), &[]).unwrap();
        let start = std::time::Instant::now();
        let (reply, _) = asked(&backend, &question(false)).await;
        assert!(matches!(reply, Err(BackendError::Late { seconds: 1, .. })), "{reply:?}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_says_so() {
    let piece = "data: {\"choices\":[{\"delta\":{\"content\":\"It \"}}]}\n\n";
    for reply in [Reply::Cut("text/event-stream", piece.into()), server::events(piece)] {
        let (reply, said, count) = outcome(move |_, _| reply.clone()).await;
        assert!(matches!(reply, Err(BackendError::Cut { chars: 3, .. })), "{reply:?}");
        assert_eq!((said.as_str(), count), ("It ", 1), "what was shown is not asked for again");
    }
    let failure = format!("{piece}data: {{\"error\":{{\"message\":\"overloaded {KEY}\"}}}}\n\n");
    let (reply, ..) = outcome(move |_, _| server::events(&failure)).await;
    let text = reply.unwrap_err().to_string();
    assert!(text.contains("overloaded <redacted>"), "{text}");
}

#[tokio::test]
async fn empty_answers_and_refusals() {
    let (reply, ..) = outcome(|_, _| server::answer(" \n")).await;
    assert!(matches!(reply, Err(BackendError::Empty { .. })), "{reply:?}");
    let cut = json!({ "choices": [{ "message": { "content": "" }, "finish_reason": "length" }] });
    let (reply, ..) = outcome(move |_, _| server::json(200, &cut)).await;
    assert!(reply.unwrap_err().to_string().contains("raise maxtokens"));
    let no = json!({ "choices": [{ "message": { "refusal": "I cannot help" }, "finish_reason": "stop" }] });
    let (reply, ..) = outcome(move |_, _| server::json(200, &no)).await;
    assert!(matches!(reply, Err(BackendError::Refused { said, .. }) if said == "I cannot help"));
    for (name, body) in [
        ("anthropic", json!({ "content": [], "stop_reason": "refusal" })),
        ("google", json!({ "promptFeedback": { "blockReason": "SAFETY" } })),
        ("cohere", json!({ "message": { "content": [] }, "finish_reason": "ERROR_TOXIC" })),
        (
            "amazonbedrock",
            json!({ "output": { "message": { "content": [] } }, "stopReason": "content_filtered" }),
        ),
    ] {
        let (url, _) = server::start(move |_, _| server::json(200, &body)).await;
        let (reply, _) = asked(&backend(name, &url), &question(false)).await;
        assert!(matches!(reply, Err(BackendError::Refused { .. })), "{name}: {reply:?}");
    }
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let (reply, ..) = outcome(|_, _| Reply::Flood(10 << 20)).await;
    assert!(matches!(reply, Err(BackendError::Large { mib: 2, .. })), "{reply:?}");
    let line =
        format!("data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n", "x".repeat(60_000));
    let (reply, ..) = outcome(move |_, _| server::events(&line.repeat(170))).await;
    assert!(matches!(reply, Err(BackendError::Large { mib: 2, .. })), "{reply:?}");
}

#[tokio::test]
async fn what_is_no_answer_is_named() {
    let html =
        || Reply::Answer(200, "text/html; charset=utf-8", String::new(), b"<html>Log in</html>".to_vec());
    let (reply, ..) = outcome(move |_, _| html()).await;
    let text = reply.unwrap_err().to_string();
    assert!(
        text.contains("text/html") && text.contains("<html>Log in") && text.contains("--baseurl"),
        "{text}"
    );
    for body in ["", "not json", "{\"a\":1}", "[]", "null", "{\"choices\":"] {
        let script = move |_: &Request, _| {
            Reply::Answer(200, "application/json", String::new(), body.as_bytes().to_vec())
        };
        let (reply, ..) = outcome(script).await;
        assert!(matches!(reply, Err(BackendError::Garbage { .. })), "{body}: {reply:?}");
        let script = move |_: &Request, _| Reply::Answer(200, "", String::new(), body.as_bytes().to_vec());
        let (reply, ..) = outcome(script).await;
        assert!(matches!(reply, Err(BackendError::Garbage { .. })), "{body}: {reply:?}");
    }
    // The same for every other protocol, and none of them panics.
    for info in explain::BACKENDS.iter().filter(|info| info.name != "noopai") {
        for body in
            ["{\"a\":1}", "<html>", "\u{0}\u{0}\u{0}\u{10}\u{0}\u{0}\u{0}\u{ff}", "data: {}\n\n", "[[[["]
        {
            let script = move |_: &Request, _| {
                Reply::Answer(200, "text/plain", String::new(), body.as_bytes().to_vec())
            };
            let (url, _) = server::start(script).await;
            let (reply, _) = asked(&backend(info.name, &url), &question(false)).await;
            assert!(reply.is_err(), "{} {body:?}: {reply:?}", info.name);
        }
    }
}

#[tokio::test]
async fn a_wrong_model_is_named() {
    let (reply, _, count) = outcome(|_, _| failed(404, "", "The model `gpt-4o` does not exist")).await;
    let text = reply.unwrap_err().to_string();
    assert!(
        text.contains("\"gpt-4o\"") && text.contains("--model") && text.contains("does not exist"),
        "{text}"
    );
    assert_eq!(count, 1);
}

#[tokio::test]
async fn redirects_stay_at_home() {
    let (other, seen) = server::start(|_, _| server::answer("stolen")).await;
    let target = format!("location: {other}/v1/chat/completions?k={KEY}\r\n");
    for status in [301, 302, 303, 307, 308] {
        let target = target.clone();
        let script = move |_: &Request, _| Reply::Answer(status, "text/plain", target.clone(), Vec::new());
        let (reply, ..) = outcome(script).await;
        assert!(
            matches!(&reply, Err(BackendError::Redirect { target, .. }) if *target == other),
            "{reply:?}"
        );
    }
    assert!(seen.lock().unwrap().is_empty(), "nothing reaches another host");
    let (reply, _, count) = outcome(|request, _| match request.target.as_str() {
        "/v1/chat/completions" => {
            Reply::Answer(307, "text/plain", "location: /there\r\n".to_owned(), Vec::new())
        }
        _ => server::answer("ok"),
    })
    .await;
    assert_eq!((reply.unwrap().as_str(), count), ("ok", 2));
}
