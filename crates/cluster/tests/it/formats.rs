//! Recordings of other tools.

use std::path::Path;

use cluster::{Cluster, Error, ListQuery, LogQuery, Source};

async fn open(path: &Path) -> Result<Cluster, Error> {
    Cluster::connect(&Source::Snapshot(path.to_owned())).await
}

async fn count(cluster: &Cluster, spelled: &str) -> Result<usize, Error> {
    let resource = cluster.resolve(spelled).await?;
    Ok(cluster.list(&ListQuery::all(resource)).await?.items.len())
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

async fn log(cluster: &Cluster, container: &str, previous: bool) -> String {
    let q = LogQuery {
        namespace: "shop".to_owned(),
        pod: "web".to_owned(),
        container: Some(container.to_owned()),
        previous,
        ..LogQuery::default()
    };
    cluster.logs(&q).await.unwrap().text
}

const POD: &str = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop"},
    "spec":{"containers":[{"name":"a"},{"name":"b"}]}}"#;

#[tokio::test]
async fn single_files() {
    let dir = tempfile::tempdir().unwrap();
    let list = format!("{{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{POD}]}}");
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(list.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let files: [(&str, Vec<u8>); 6] = [
        ("object.json", POD.into()),
        ("list.json", list.clone().into()),
        ("lines.json", format!("{POD}\n{POD}").into()),
        ("documents.yaml", format!("# a comment\n---\n{POD}\n---\n").into()),
        (
            "typed.yaml",
            b"kind: PodList\napiVersion: v1\nitems:\n- metadata: {name: web, namespace: shop}\n".to_vec(),
        ),
        ("powershell.json", utf16),
    ];
    for (name, content) in files {
        let path = dir.path().join(name);
        std::fs::write(&path, content).unwrap();
        let cluster = open(&path).await.unwrap();
        assert_eq!(count(&cluster, "pods").await.unwrap(), 1, "{name}");
        assert!(matches!(count(&cluster, "nodes").await, Err(Error::NotCaptured { .. })), "{name}");
    }
}

#[tokio::test]
async fn a_big_file_is_within_the_parser_budget() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("big.yaml");
    let numbers = "0,".repeat(260_000);
    let text =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: a}}\nextra: [{numbers}]\n");
    std::fs::write(&path, text).unwrap();
    assert_eq!(count(&open(&path).await.unwrap(), "cm").await.unwrap(), 1);
}

#[tokio::test]
async fn bad_files_are_named_with_their_line_and_not_quoted() {
    let dir = tempfile::tempdir().unwrap();
    let cases = [
        ("broken.yaml", "kind: Secret\ndata:\n  password: [CANARY\nx: }\n", "line"),
        ("broken.json", "{\"kind\": \"Secret\",\n \"data\": CANARY}", "line 2"),
        ("cut.json", "{\"kind\": \"Secret\",\n \"data\": {\"a\": \"CANARY", "ends too early"),
        ("other.yaml", "hello: CANARY\n", "no Kubernetes objects"),
        ("empty.yaml", "", "no Kubernetes objects"),
    ];
    for (name, text, expected) in cases {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        let error = open(&path).await.unwrap_err();
        assert!(matches!(error, Error::Snapshot { .. }), "{name}");
        let error = error.to_string();
        assert!(error.contains(expected) && error.contains(name) && !error.contains("CANARY"), "{error}");
    }
    assert!(open(&dir.path().join("missing")).await.is_err());
    std::fs::write(dir.path().join("bad.tar.gz"), [0x1F, 0x8B, 0, 0]).unwrap();
    assert!(open(&dir.path().join("bad.tar.gz")).await.is_err());
}

#[tokio::test]
async fn an_unreadable_item_is_skipped_and_counted() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "a.json", &format!("{{\"kind\":\"List\",\"items\":[1,{{\"kind\":\"Pod\"}},{POD}]}}"));
    write(dir.path(), "b.yaml", "kind: [");
    let cluster = open(dir.path()).await.unwrap();
    assert_eq!((count(&cluster, "pods").await.unwrap(), cluster.skipped()), (1, 3));
}

#[tokio::test]
async fn a_cluster_info_dump() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    write(
        root,
        "nodes.json",
        r#"{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"n1"}}]}"#,
    );
    write(
        root,
        "shop/pods.json",
        &format!("{{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[{POD}]}}"),
    );
    write(root, "shop/services.json", r#"{"kind":"ServiceList","apiVersion":"v1","metadata":{},"items":[]}"#);
    let logs = "==== START logs for container a of pod shop/web ====\none\ntwo\n\
                ==== END logs for container a of pod shop/web ====\n\
                ==== START logs for container b of pod shop/web ====\nthree\n";
    write(root, "shop/web/logs.txt", logs);
    let cluster = open(root).await.unwrap();
    assert_eq!(count(&cluster, "nodes").await.unwrap(), 1);
    assert_eq!(count(&cluster, "pods").await.unwrap(), 1);
    assert_eq!(count(&cluster, "svc").await.unwrap(), 0, "an empty list was recorded");
    assert!(count(&cluster, "jobs").await.is_err());
    assert_eq!(
        (log(&cluster, "a", false).await, log(&cluster, "b", false).await),
        ("one\ntwo\n".into(), "three\n".into())
    );
}

#[tokio::test]
async fn a_must_gather() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("quay-io-openshift-sha256-abc");
    write(dir.path(), "event-filter.html", "<html>");
    write(
        &root,
        "timestamp",
        "2026-02-01 10:00:00.1 +0000 UTC m=+0.1\n2026-02-01 10:05:00.0 +0000 UTC m=+300\n",
    );
    let node =
        "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {nodeInfo: {kubeletVersion: v1.33.1}}\n";
    write(&root, "cluster-scoped-resources/core/nodes/n1.yaml", node);
    let version = "apiVersion: config.openshift.io/v1\nkind: ClusterVersion\nmetadata: {name: version}\n";
    write(&root, "cluster-scoped-resources/config.openshift.io/clusterversions/version.yaml", version);
    write(
        &root,
        "namespaces/shop/core/pods.yaml",
        &format!("apiVersion: v1\nkind: PodList\nitems: [{POD}]\n"),
    );
    write(&root, "namespaces/shop/pods/web/web.yaml", POD);
    write(
        &root,
        "namespaces/shop/apps/deployments.yaml",
        "apiVersion: apps/v1\nkind: DeploymentList\nitems: []\n",
    );
    write(&root, "namespaces/shop/pods/web/a/a/logs/current.log", "now\n");
    write(&root, "namespaces/shop/pods/web/a/a/logs/previous.log", "before\n");
    write(&root, "namespaces/shop/pods/web/a/a/logs/previous.insecure.log", "no\n");
    // A second image collected something else.
    let other = dir.path().join("quay-io-other-sha256-def");
    write(&other, "cluster-scoped-resources/core/nodes/n2.yaml", &node.replace("n1", "n2"));
    let cluster = open(dir.path()).await.unwrap();
    assert_eq!(count(&cluster, "nodes").await.unwrap(), 2);
    assert_eq!(cluster.now().to_string(), "2026-02-01T10:05:00Z");
    assert_eq!(cluster.version().await.unwrap().git_version, "v1.33.1");
    assert_eq!(count(&cluster, "pods").await.unwrap(), 1);
    assert_eq!(count(&cluster, "deploy").await.unwrap(), 0);
    assert_eq!(count(&cluster, "clusterversions").await.unwrap(), 1);
    assert_eq!(
        (log(&cluster, "a", false).await, log(&cluster, "a", true).await),
        ("now\n".into(), "before\n".into())
    );
    assert_eq!(cluster.skipped(), 0);
}
