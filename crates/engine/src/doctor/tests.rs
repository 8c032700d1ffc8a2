use super::*;
use std::fs;

fn examination(directory: &std::path::Path, text: Option<&str>) -> Examination {
    let path = directory.join("k8sgpt.yaml");
    if let Some(text) = text {
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    }
    Examination {
        source: Source::Demo,
        namespace: None,
        config: ConfigFile::new(path),
        ignore_file: None,
        backend: None,
        check_backend: None,
        check_cache: None,
        version: "1".to_owned(),
    }
}

fn line<'a>(checks: &'a [Check], name: &str) -> &'a Check {
    checks.iter().find(|check| check.name == name).unwrap()
}

#[tokio::test]
async fn a_fresh_machine_with_a_cluster_is_healthy() {
    let directory = tempfile::tempdir().unwrap();
    let checks = examine(examination(directory.path(), None), &|_| None).await;
    let names: Vec<&str> = checks.iter().map(|check| check.name).collect();
    let expected = [
        "version",
        "configuration",
        "cluster",
        "permissions",
        "ai provider",
        "cache",
        "custom analyzers",
        "ignore file",
    ];
    assert_eq!(names, expected);
    assert!(healthy(&checks) && checks.iter().all(|check| check.state == State::Ok), "{checks:#?}");
    assert!(line(&checks, "cluster").text.starts_with("demo cluster, Kubernetes v"));
    assert!(line(&checks, "ai provider").text.contains("built-in guidance"));
}

#[tokio::test]
async fn calls_are_made_when_they_can_be() {
    let directory = tempfile::tempdir().unwrap();
    let text = "ai: {providers: [{name: openai, passwordenv: KEY}]}\ncache: {currentCacheType: s3}\n";
    let called = |env: &'static str| {
        let mut what = examination(directory.path(), Some(text));
        what.check_backend = Some(Box::new(|provider| {
            Box::pin(async move {
                let known = provider.password.is_some_and(|key| key.expose_for_computation() == b"canary");
                if known { Ok("answered".to_owned()) } else { Err("refused".to_owned()) }
            })
        }));
        what.check_cache = Some(Box::new(|place| {
            Box::pin(async move {
                Err(format!("{}: no \u{1b}[31mbucket", place.map_or("", |place| place.kind())))
            })
        }));
        async move { examine(what, &|name| (name == "KEY").then(|| env.to_owned())).await }
    };
    let checks = called("canary").await;
    assert_eq!(
        line(&checks, "ai provider").text,
        "openai (the only one configured), the default model, key from env KEY: answered"
    );
    let cache = line(&checks, "cache");
    assert_eq!((cache.state, cache.text.as_str()), (State::Failed, "s3: s3: no [31mbucket"));
    assert!(cache.fix.contains("cache remove") && !healthy(&checks));
    assert_eq!(line(&called("other").await, "ai provider").state, State::Failed);
    let without = called("").await;
    let ai = line(&without, "ai provider");
    assert!(ai.state == State::Failed && ai.text.contains("variable KEY: it is not set here"), "{ai:?}");
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_owned();
    let mut what = examination(
        &path,
        Some("ai: {providers: [{name: openai, password: hunter2, modell: x}]}\nactive_filters: [Podd]\n"),
    );
    what.backend = Some("opena".to_owned());
    what.source = Source::Kubeconfig { path: Some(path.join("none")), context: None };
    fs::write(path.join("ignore.yaml"), "- {rule: nothing}\n").unwrap();
    let checks = examine(what, &|_| None).await;
    let configuration = line(&checks, "configuration");
    assert_eq!(configuration.state, State::Warning);
    assert!(
        configuration.text.contains("did you mean model?") && configuration.text.contains("Podd"),
        "{configuration:?}"
    );
    for (name, part) in
        [("cluster", "kubeconfig"), ("ai provider", "did you mean openai?"), ("ignore file", "line 1")]
    {
        let check = line(&checks, name);
        assert!(check.state == State::Failed && check.text.contains(part), "{check:?}");
    }
    let checks = examine(examination(&path, Some("ai:\n  password: hunter2\n bad: [\n")), &|_| None).await;
    assert!(line(&checks, "configuration").text.contains("line 3"));
    assert_eq!(line(&checks, "cache").state, State::Warning);
    assert!(!format!("{checks:?}").contains("hunter2"));
}
