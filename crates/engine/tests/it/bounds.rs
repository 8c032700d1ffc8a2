//! Reports stay short: many objects, many causes, many namespaces.

use engine::cluster::Source;
use engine::config::ConfigFile;
use engine::{Engine, EngineOptions, Report, Request, render};
use serde_json::{Value, json};

/// An analysis of these objects.
async fn analyze(objects: Vec<Value>, request: &Request) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("objects.json");
    let list = json!({"apiVersion": "v1", "kind": "List", "items": objects});
    std::fs::write(&path, list.to_string()).expect("written");
    let config = ConfigFile::new(folder.path().join("k8sgpt.yaml"));
    let options = EngineOptions { source: Source::Snapshot(path), config, ignore_file: None };
    Engine::connect(options).await.expect("connects").analyze(request).await.expect("a report")
}

/// A pod that cannot pull its image, of a ReplicaSet that is not recorded.
fn pod(namespace: &str, app: &str, n: usize) -> Value {
    let image = format!("registry.example.com/{app}:broken");
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": format!("{app}-6d5b4f459c-{n:05}"), "namespace": namespace, "uid": format!("{namespace}-{app}-{n}"),
            "creationTimestamp": "2026-01-01T00:00:00Z", "labels": {"app": app, "pod-template-hash": "6d5b4f459c"},
            "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": format!("{app}-6d5b4f459c"), "uid": format!("{namespace}-{app}"), "controller": true}],
        },
        "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": image}]},
        "status": {
            "phase": "Pending",
            "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": "2026-01-01T00:00:01Z"}],
            "containerStatuses": [{"name": "main", "ready": false, "image": image, "state": {"waiting": {
                "reason": "ImagePullBackOff",
                "message": format!("Back-off pulling image \"{image}\": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"),
            }}}],
        },
    })
}

/// The moment of the recording: its newest time.
fn now() -> Value {
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1", "creationTimestamp": "2026-01-01T12:00:00Z"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
}

#[tokio::test]
async fn ten_thousand_objects_of_120_causes_fit() {
    let mut objects = vec![now()];
    for n in 0..10_000 {
        objects.push(pod(&format!("team-{:02}", n % 40), &format!("app-{}", n % 120 / 40), n));
    }
    let report = analyze(objects, &Request::default()).await;
    assert_eq!(report.causes.len(), 120);
    assert_eq!(report.affected_objects, 10_000);
    assert_eq!(report.causes[0].examples.len(), 3);
    let json = render::json(&report).expect("JSON");
    assert!(json.len() <= 400_000, "{} bytes", json.len());
    let text = render::text(&report, &render::TextOptions::default());
    assert!(text.len() < 10_000, "three blocks, each of 40 namespaces: {}", text.len());
    assert!(text.contains("40 causes alike, each in its namespace: team-00, team-01,"), "{text}");
    assert!(text.contains(" and 32 more"), "{text}");
    assert!(text.starts_with("120 root causes explain 10,000 affected objects"), "{text}");
    let markdown = render::markdown(&report, &render::MarkdownOptions::default());
    assert_eq!(markdown.matches("\n## Pod ").count(), 3, "{markdown}");
}

#[tokio::test]
async fn objects_are_listed_on_request_and_as_far_as_there_is_room() {
    let mut objects = vec![now()];
    objects.extend((0..2_000).map(|n| pod("prod", "web", n)));
    let short = analyze(objects.clone(), &Request::default()).await;
    assert_eq!((short.problems, short.causes.len()), (1, 1));
    assert!(!render::text(&short, &render::TextOptions::default()).contains("Affected objects:"));
    let report = analyze(objects, &Request { all: true, ..Request::default() }).await;
    assert_eq!(report.problems, 2_000);
    let budget = Some(25_000);
    let options = render::TextOptions { budget_chars: budget, ..render::TextOptions::default() };
    let markdown = render::markdown(&report, &render::MarkdownOptions { budget_chars: budget });
    for text in [render::text(&report, &options), markdown] {
        assert!(text.chars().count() <= 25_000, "{}", text.chars().count());
        assert!(text.contains("Affected objects") && text.contains("more objects left out"), "{text}");
    }
}

#[tokio::test]
async fn causes_that_do_not_fit_are_counted() {
    let mut objects = vec![now()];
    objects.extend((0..200).map(|n| pod("prod", &format!("app-{n}-x"), n)));
    let report = analyze(objects, &Request::default()).await;
    assert_eq!(report.causes.len(), 200);
    let budget = Some(25_000);
    let options = render::TextOptions { budget_chars: budget, ..render::TextOptions::default() };
    let markdown = render::markdown(&report, &render::MarkdownOptions { budget_chars: budget });
    for text in [render::text(&report, &options), markdown] {
        let chars = text.chars().count();
        assert!(chars <= 25_000 && chars > 15_000, "{chars}");
        assert!(text.contains("more root causes left out to keep this short; narrow by namespace"), "{text}");
    }
}
