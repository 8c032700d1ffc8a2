//! Explanations by a scripted model on loopback, over the demo cluster.

mod budget;
mod failing;
mod privacy;
#[path = "../../../../explain/tests/it/backend/server.rs"]
#[allow(dead_code, reason = "the tests of the backends use more of it")]
mod server;

use engine::cache::CacheOptions;
use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::{Engine, EngineOptions, Report, Request};
use serde_json::{Value, json};
use server::{Reply, Seen, answer, start};
use std::path::Path;
use std::sync::OnceLock;

const NAMESPACE: &str = "production";

/// An explanation as it was asked for.
fn explanation(cause: &str) -> String {
    json!({ "cause": cause, "steps": ["Look at it."], "commands": ["kubectl get pods"], "confidence": "high" })
        .to_string()
}

fn explains(_: &server::Request, number: usize) -> Reply {
    answer(&explanation(&format!("Answer {number} of the model.")))
}

/// The demo cluster, with everything of a user in this folder and a model at this URL.
async fn engine(folder: &Path, url: &str) -> Engine {
    let config = folder.join("k8sgpt.yaml");
    let provider = format!("{{name: localai, model: small, baseurl: \"{url}\"}}");
    std::fs::write(&config, format!("ai: {{providers: [{provider}], defaultprovider: localai}}\n"))
        .expect("written");
    connected(folder, ConfigFile::new(config)).await
}

async fn connected(folder: &Path, config: ConfigFile) -> Engine {
    let options = EngineOptions { source: Source::Demo, config, ignore_file: None };
    let cache = CacheOptions { directory: Some(folder.join("cache")), ..CacheOptions::default() };
    Engine::connect(options).await.expect("the demo connects").with_cache(cache)
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn explained() -> Request {
    Request { explain: true, namespace: Some(NAMESPACE.to_owned()), ..Request::default() }
}

/// One analysis with a model that follows the script.
async fn analyzed(
    request: Request,
    script: impl Fn(&server::Request, usize) -> Reply + Send + Sync + 'static,
) -> (Report, Vec<server::Request>) {
    let (url, seen) = start(script).await;
    let folder = folder();
    let report = engine(folder.path(), &url).await.analyze(&request).await.expect("a report");
    (report, requests(&seen))
}

fn requests(seen: &Seen) -> Vec<server::Request> {
    seen.lock().expect("no test failed meanwhile").clone()
}

fn body(request: &server::Request) -> Value {
    serde_json::from_slice(&request.body).expect("JSON")
}

/// The turns of a request, oldest first.
fn turns(request: &server::Request) -> Vec<(String, String)> {
    let body = body(request);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let messages = body["messages"].as_array().expect("messages");
    messages.iter().map(|message| (text(&message["role"]), text(&message["content"]))).collect()
}

/// A member of the document that a request is about.
fn told(request: &server::Request, member: &str) -> String {
    let turns = turns(request);
    let start = format!("  \"{member}\": \"");
    let value = turns[1].1.lines().find_map(|line| line.strip_prefix(&start)).expect("the member");
    value.trim_end_matches(',').trim_end_matches('"').to_owned()
}

fn asked(request: &server::Request) -> String {
    format!("{} {}", told(request, "rule"), told(request, "object"))
}

fn causes(report: &Report) -> Vec<String> {
    report.causes.iter().map(|cause| format!("{} {} {}", cause.rule, cause.kind, cause.name)).collect()
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

/// The report without explanations and without what differs from run to run.
fn findings(report: &Report) -> Value {
    let mut report = serde_json::to_value(report).expect("JSON");
    let map = report.as_object_mut().expect("an object");
    for key in ["run", "provider", "explained_by", "notes"] {
        map.remove(key);
    }
    for (list, key) in [("causes", "explanation"), ("results", "details")] {
        for entry in map[list].as_array_mut().expect("a list") {
            entry.as_object_mut().expect("an object").remove(key);
        }
    }
    report
}

async fn without_model(request: Request) -> Report {
    let folder = folder();
    let config = ConfigFile::new(folder.path().join("k8sgpt.yaml"));
    connected(folder.path(), config).await.analyze(&request).await.expect("a report")
}

#[tokio::test]
async fn every_cause_is_explained_by_one_call() {
    let (report, seen) = analyzed(explained(), explains).await;
    assert!(report.causes.len() > 3);
    assert_eq!(sorted(seen.iter().map(asked).collect()), sorted(causes(&report)));
    assert_eq!(findings(&report), findings(&without_model(explained()).await));
    assert_eq!(report.provider, "localai");
    let line = report.explained_by.as_deref().unwrap_or_default();
    let calls = format!("localai small (names not masked; {} calls, about {}", seen.len(), seen.len() * 9);
    assert!(line.starts_with(&calls), "{line}");
    for cause in &report.causes {
        let explanation = cause.explanation.as_ref().expect("an explanation");
        assert_eq!((explanation.source.as_str(), explanation.cached), ("localai small", false));
        assert!(explanation.failed.is_none() && explanation.looked.is_empty());
        assert!(explanation.text.contains(" of the model.") && explanation.text.contains("1. Look at it."));
    }
    let results = report.results.as_deref().unwrap_or_default();
    assert!(results.iter().all(|result| result.details.contains(" of the model.")));
}

#[tokio::test]
async fn the_prompts_that_are_shown_are_those_that_are_sent() {
    let (url, seen) = start(explains).await;
    let folder = folder();
    let engine = engine(folder.path(), &url).await;
    for anonymize in [None, Some(true)] {
        let request = Request { anonymize, ..explained() };
        let shown = engine.prompts(&request).await.expect("prompts");
        assert_eq!(seen.lock().expect("whole").len(), 0, "nothing is sent");
        engine.analyze(&request).await.expect("a report");
        let sent = std::mem::take(&mut *seen.lock().expect("whole"));
        let sent = sent.iter().map(|request| {
            turns(request).iter().map(|(role, text)| format!("[{role}]\n{text}\n")).collect::<String>()
        });
        let shown = shown.split("=== cause ").skip(1);
        let shown = shown.map(|one| one.split_once('\n').expect("a number").1.to_owned());
        assert_eq!(sorted(shown.collect()), sorted(sent.collect()));
    }
}

#[tokio::test]
async fn a_second_analysis_is_from_the_cache() {
    let (url, seen) = start(explains).await;
    let folder = folder();
    let first = engine(folder.path(), &url).await.analyze(&explained()).await.expect("a report");
    let calls = requests(&seen).len();
    let second = engine(folder.path(), &url).await.analyze(&explained()).await.expect("a report");
    assert_eq!(requests(&seen).len(), calls, "no further call");
    for (one, other) in first.causes.iter().zip(&second.causes) {
        let (one, other) = (one.explanation.as_ref(), other.explanation.as_ref());
        assert_eq!(one.map(|e| (&e.text, e.cached)), other.map(|e| (&e.text, !e.cached)));
    }
    let line = second.explained_by.unwrap_or_default();
    assert!(line.contains("0 calls") && line.contains(&format!("{calls} from the cache")), "{line}");
    let other = Request { language: Some("german".to_owned()), ..explained() };
    engine(folder.path(), &url).await.analyze(&other).await.expect("a report");
    assert_eq!(requests(&seen).len(), calls * 2, "another language is another question");
}

#[tokio::test]
async fn without_the_cache_nothing_is_read_or_written() {
    let (url, seen) = start(explains).await;
    let folder = folder();
    let engine = engine(folder.path(), &url).await;
    let uncached = Request { no_cache: true, ..explained() };
    engine.analyze(&uncached).await.expect("a report");
    let calls = requests(&seen).len();
    assert!(!folder.path().join("cache").exists(), "nothing is written");
    engine.analyze(&explained()).await.expect("a report");
    assert_eq!(requests(&seen).len(), calls * 2);
    let report = engine.analyze(&uncached).await.expect("a report");
    assert_eq!(requests(&seen).len(), calls * 3, "nothing is read");
    assert!(report.causes.iter().all(|cause| cause.explanation.as_ref().is_some_and(|e| !e.cached)));
}

#[tokio::test]
async fn variables_make_a_provider() {
    static URL: OnceLock<String> = OnceLock::new();
    let variables = |name: &str| match name {
        "K8SGPT_BACKEND" => Some("openai".to_owned()),
        "K8SGPT_MODEL" => Some("from-variables".to_owned()),
        "K8SGPT_PASSWORD" => Some("canary-of-variables".to_owned()),
        "K8SGPT_BASEURL" => URL.get().cloned(),
        _ => None,
    };
    let (url, seen) = start(explains).await;
    URL.set(url).expect("once");
    let folder = folder();
    let config = ConfigFile::new(folder.path().join("k8sgpt.yaml"));
    let engine = connected(folder.path(), config).await.with_environment(variables);
    let report = engine.analyze(&explained()).await.expect("a report");
    assert_eq!(report.provider, "openai");
    let seen = requests(&seen);
    assert_eq!(seen.len(), report.causes.len());
    assert!(seen.iter().all(|request| request.header("authorization") == "Bearer canary-of-variables"));
    assert!(seen.iter().all(|request| body(request)["model"] == "from-variables"));
    let json = serde_json::to_string(&report).expect("JSON");
    assert!(!json.contains("canary-of-variables"));
    assert!(!folder.path().join("k8sgpt.yaml").exists(), "nothing of it is saved");
}
