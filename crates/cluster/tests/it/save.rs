//! Recording a cluster, and reading the recording.

use std::path::Path;

use cluster::{Cluster, Error, ListQuery, LogQuery, SaveOptions, Source};

async fn open(path: &Path) -> Cluster {
    Cluster::connect(&Source::Snapshot(path.to_owned())).await.unwrap()
}

/// Objects of the demo placeholder: a pod whose image cannot be pulled, one that runs and has a log.
const OBJECTS: &str = include_str!("placeholder.yaml");

/// A tree in must-gather's layout: the one format that holds logs and can be written by hand.
fn tree(root: &Path) {
    let write = |name: &str, text: &str| {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("objects.yaml", OBJECTS);
    let log =
        "10.0.0.7 - GET / HTTP/1.1 200\nupstream postgres://app:CANARY@db:5432 timed out\nGET /health 200\n";
    write("namespaces/default/pods/nginx-abc123/nginx/nginx/logs/current.log", log);
}

async fn record(path: &Path) -> cluster::SnapshotSummary {
    let dir = tempfile::tempdir().unwrap();
    tree(dir.path());
    let options = SaveOptions {
        logs: vec![("default".to_owned(), "nginx-abc123".to_owned(), "nginx".to_owned())],
        ..SaveOptions::default()
    };
    open(dir.path()).await.save_snapshot(path, &options, |_, _| {}).await.unwrap()
}

#[tokio::test]
async fn a_recording_reads_back_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("saved.tar.gz");
    let summary = record(&path).await;
    assert_eq!((summary.logs, summary.gaps.len()), (1, 0));
    assert!(summary.bytes > 0 && summary.objects >= 7, "{summary:?}");
    let cluster = open(&path).await;
    let resources = cluster.resources().await.unwrap();
    let mut objects = 0;
    for resource in resources.iter() {
        let page = cluster.list(&ListQuery::all(resource.clone())).await.unwrap();
        assert!(!format!("{page:?}").contains("CANARY"), "{}", resource.kind);
        objects += page.items.len();
    }
    assert_eq!(objects, summary.objects);
    let log = LogQuery {
        namespace: "default".to_owned(),
        pod: "nginx-abc123".to_owned(),
        tail_lines: Some(2),
        ..LogQuery::default()
    };
    let text = cluster.logs(&log).await.unwrap().text;
    assert_eq!(text, "upstream postgres://app:<redacted>@db:5432 timed out\nGET /health 200\n");
    assert!(matches!(
        cluster.resolve("widgets").await,
        Err(Error::UnknownResource { known, .. }) if known.contains(&"pods".to_owned())
    ));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file is left");
}

#[tokio::test]
async fn recording_twice_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let paths = [dir.path().join("a"), dir.path().join("b")];
    for path in &paths {
        record(path).await;
    }
    assert_eq!(std::fs::read(&paths[0]).unwrap(), std::fs::read(&paths[1]).unwrap());
}

#[tokio::test]
async fn an_unwritable_place_is_named() {
    let demo = Cluster::connect(&Source::Demo).await.unwrap();
    let path = Path::new("/nonexistent/directory/x.tar.gz");
    let error = demo.save_snapshot(path, &SaveOptions::default(), |_, _| {}).await.unwrap_err();
    assert!(error.to_string().starts_with("snapshot /nonexistent/directory/x.tar.gz: cannot be written"));
}

/// Writes the demo cluster from a recording of any format:
/// `K8SGPT_TEST_SNAPSHOT=… cargo test -p cluster -- --ignored write_demo`, or its placeholder.
#[tokio::test]
#[ignore = "writes demo.tar.gz"]
async fn write_demo() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo.tar.gz");
    match std::env::var_os("K8SGPT_TEST_SNAPSHOT") {
        Some(recording) => {
            let cluster = open(Path::new(&recording)).await;
            println!(
                "{:#?}",
                cluster.save_snapshot(&demo, &SaveOptions::default(), |_, _| {}).await.unwrap()
            );
        }
        None => drop(record(&demo).await),
    }
}
