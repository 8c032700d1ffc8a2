use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::{Engine, EngineOptions, Error, Report, Request, render};

async fn demo() -> (Engine, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let config = ConfigFile::new(folder.path().join("k8sgpt.yaml"));
    let engine = Engine::connect(EngineOptions { source: Source::Demo, config, ignore_file: None })
        .await
        .expect("the demo connects");
    (engine, folder)
}

async fn analyze(request: Request) -> Result<Report, Error> {
    demo().await.0.analyze(&request).await
}

fn within(namespace: &str) -> Request {
    Request { namespace: Some(namespace.to_owned()), ..Request::default() }
}

#[tokio::test]
async fn production_has_causes_with_proof_and_fix() {
    let report = analyze(within("production")).await.expect("a report");
    assert_eq!(report.status, "ProblemDetected");
    assert_eq!(report.problems, report.results.as_ref().map_or(0, Vec::len));
    assert!(report.causes.iter().all(|cause| !cause.fix.is_empty()));
    let text = render::text(&report, &render::TextOptions::default());
    eprintln!("{text}");
    assert!(text.contains("image-pull"), "{text}");
}

#[tokio::test]
async fn the_json_document_keeps_the_original_keys() {
    let report = analyze(Request { explain: true, ..Request::default() }).await.expect("a report");
    let json: serde_json::Value = serde_json::from_str(&render::json(&report).expect("JSON")).expect("JSON");
    for key in ["provider", "errors", "status", "problems", "results"] {
        assert!(json.get(key).is_some(), "{key}");
    }
    let first = &json["results"][0];
    for key in ["kind", "name", "error", "details", "parentObject"] {
        assert!(first.get(key).is_some(), "{key}");
    }
    for key in ["Text", "KubernetesDoc", "Sensitive"] {
        assert!(first["error"][0].get(key).is_some(), "{key}");
    }
    assert!(
        first["details"].as_str().is_some_and(|text| text.contains("Why it matters")),
        "built-in guidance"
    );
    assert!(json["explained_by"].as_str().is_some_and(|text| text.contains("no AI provider")));
}

#[tokio::test]
async fn two_runs_differ_only_under_run() {
    let (engine, _folder) = demo().await;
    let mut documents = Vec::new();
    for _ in 0..2 {
        let report = engine.analyze(&Request::default()).await.expect("a report");
        let mut json = serde_json::to_value(&report).expect("JSON");
        json.as_object_mut().expect("an object").remove("run");
        documents.push(json.to_string());
    }
    assert_eq!(documents[0], documents[1]);
}

#[tokio::test]
async fn bad_requests_name_what_was_given_and_what_is_near() {
    let cases = [
        (within("productoin"), "namespace \"productoin\" does not exist; did you mean production?"),
        (
            Request { filters: vec!["Podd".to_owned()], ..Request::default() },
            "filter \"Podd\" does not exist; did you mean Pod?",
        ),
        (
            Request { selector: Some("a in b".to_owned()), ..Request::default() },
            "label selector \"a in b\" is not valid",
        ),
    ];
    for (request, wanted) in cases {
        let error = analyze(request).await.expect_err("refused").to_string();
        assert!(error.starts_with(wanted), "{error}");
    }
}
