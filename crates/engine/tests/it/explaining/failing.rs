//! A model that fails: the cause keeps its built-in guidance, and everything else is as it was.

use super::*;
use engine::{Told, render};
use std::sync::Mutex;

/// Answers all but the first cause, whose every request gets the same bad answer.
async fn one_bad(bad: Reply) -> (Report, Report, usize) {
    let plain = without_model(explained()).await;
    let first = causes(&plain)[0].clone();
    let victim = first.clone();
    let (report, seen) =
        analyzed(
            explained(),
            move |request, number| {
                if asked(request) == victim { bad.clone() } else { explains(request, number) }
            },
        )
        .await;
    let calls = seen.iter().filter(|request| asked(request) == first).count();
    assert_eq!(findings(&report), findings(&plain));
    for cause in &report.causes[1..] {
        let explanation = cause.explanation.as_ref().expect("an explanation");
        assert!(explanation.failed.is_none() && explanation.source == "localai small", "{}", cause.name);
    }
    assert!(report.explained_by.as_deref().is_some_and(|line| line.ends_with(", 1 failed)")));
    (report, plain, calls)
}

#[tokio::test]
async fn only_the_cause_that_failed_is_marked() {
    let events = |text: &str| Reply::Cut("text/event-stream", text.as_bytes().to_vec());
    let refusal = json!({ "choices": [{ "message": { "role": "assistant", "content": null,
        "refusal": "I cannot help with that" }, "finish_reason": "stop" }] });
    let limit = json!({ "choices": [{ "message": { "role": "assistant", "content": "{\"cause\": \"it" },
        "finish_reason": "length" }] });
    let cases = [
        (server::json(500, &json!({ "error": { "message": "boom" } })), 3, "failed (HTTP 500): boom"),
        (server::json(401, &json!({ "error": { "message": "who?" } })), 1, "does not accept the credentials"),
        (answer("{\"cause\": \"half an ans"), 2, "broken JSON"),
        (answer("It is the image, I think."), 2, "holds no JSON object, \"It is the image"),
        (answer(&json!({ "cause": 5 }).to_string()), 2, "bad cause (it is no text)"),
        (answer("I'm sorry, but I can't help with that."), 2, "refused"),
        (server::json(200, &refusal), 1, "refused to answer: I cannot help with that"),
        (server::json(200, &limit), 1, "cut at the token limit"),
        (
            events("data: {\"choices\": [{\"delta\": {\"content\": \"{\\\"cause\\\": \\\"\"}}]}\n\n"),
            1,
            "was cut off after 11 characters",
        ),
        (Reply::Answer(200, "text/html", String::new(), b"<h1>Log in</h1>".to_vec()), 1, "is not what"),
    ];
    for (bad, calls, wanted) in cases {
        let (report, plain, made) = one_bad(bad).await;
        let explanation = report.causes[0].explanation.as_ref().expect("an explanation");
        let failed = explanation.failed.as_deref().unwrap_or_default();
        assert!(failed.contains(wanted), "{wanted}: {failed}");
        assert_eq!(made, calls, "{wanted}");
        let built_in = plain.causes[0].explanation.as_ref().expect("guidance");
        assert_eq!((&explanation.text, &explanation.source), (&built_in.text, &built_in.source));
        assert!(explanation.text.contains("What to do"));
        let text = render::text(&report, &render::TextOptions::default());
        assert!(text.contains(wanted.trim_end_matches('"')), "{wanted}: {text}");
    }
}

#[tokio::test]
async fn a_failure_is_not_cached() {
    let (url, seen) = start(|request, number| match number {
        0 => answer("no JSON"),
        1 => answer("still none"),
        _ => explains(request, number),
    })
    .await;
    let folder = folder();
    let engine = engine(folder.path(), &url).await;
    let request = Request { max_concurrency: Some(1), ..explained() };
    let report = engine.analyze(&request).await.expect("a report");
    let calls = requests(&seen).len();
    assert_eq!(calls, report.causes.len() + 1);
    let report = engine.analyze(&request).await.expect("a report");
    assert_eq!(requests(&seen).len(), calls + 1, "only what failed is asked again");
    assert!(report.causes.iter().all(|cause| cause.explanation.as_ref().is_some_and(|e| e.failed.is_none())));
}

const HOSTILE: &str = "red \u{1b}[31malert\u{1b}[0m \u{1b}]0;title\u{7}\u{1b}]8;;http://evil.example\u{1b}\\click\u{9b}2J\u{202e}end\u{8}\r";

/// No character that a terminal obeys, no matter where it is shown.
fn harmless(text: &str) -> bool {
    text.chars().all(|c| c == '\n' || !(c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c)))
}

#[tokio::test]
async fn terminal_escapes_never_arrive() {
    let answers = json!({ "cause": HOSTILE, "steps": [HOSTILE], "commands": [HOSTILE], "confidence": "low" });
    let pieces = answers.to_string().into_bytes();
    let pieces = pieces.chunks(7).map(|piece| {
        json!({ "choices": [{ "delta": { "content": String::from_utf8_lossy(piece) } }] }).to_string()
    });
    let stream = pieces.map(|piece| format!("data: {piece}\n\n")).collect::<String>() + "data: [DONE]\n\n";
    let prose = format!("{HOSTILE} {HOSTILE}");
    let bodies = [
        server::events(&stream),
        answer(&answers.to_string()),
        answer(&prose),
        server::json(400, &json!({ "error": { "message": HOSTILE } })),
    ];
    for reply in bodies {
        let (url, _) = start(move |_, _| reply.clone()).await;
        let folder = folder();
        let engine = engine(folder.path(), &url).await;
        let told = Mutex::new(String::new());
        let tell = |event: Told<'_>| {
            if let Told::Explaining(engine::Event::Said { text, .. }) = event {
                told.lock().expect("whole").push_str(text);
            }
        };
        let report = engine.analyze_telling(&explained(), &tell).await.expect("a report").report;
        let markdown = render::markdown(&report, &render::MarkdownOptions::default());
        let json = render::json(&report).expect("JSON");
        assert!(!json.contains("\\u001b") && !json.contains("\\u009b"), "{json}");
        let explanations = report.causes.iter().filter_map(|cause| cause.explanation.as_ref());
        let words = explanations.flat_map(|e| [Some(e.text.as_str()), e.failed.as_deref()]).flatten();
        let told = told.lock().expect("whole").clone();
        let text = render::text(&report, &render::TextOptions::default());
        for shown in words.chain([text.as_str(), &markdown, &json, &told]) {
            assert!(harmless(shown), "{shown:?}");
        }
    }
}

#[tokio::test]
async fn ten_megabytes_are_not_read() {
    let stream =
        format!("data: {}\n\n", json!({ "choices": [{ "delta": { "content": "y".repeat(9999) } }] }));
    let bodies = [
        Reply::Flood(10 << 20),
        answer(&"x".repeat(10 << 20)),
        server::events(&stream.repeat(1000)),
        server::events(&"z".repeat(10 << 20)),
    ];
    for bad in bodies {
        let (report, _, calls) = one_bad(bad).await;
        let failed = report.causes[0].explanation.as_ref().and_then(|e| e.failed.as_deref());
        assert!(failed.is_some_and(|reason| reason.contains("larger than 2 MiB")), "{failed:?}");
        assert_eq!(calls, 1);
        assert!(serde_json::to_string(&report).expect("JSON").len() < 1 << 20);
    }
}
