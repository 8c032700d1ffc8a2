//! Recordings read into a View.

use std::path::Path;

use cluster::{Cluster, Error, ReadPlan, Source};
use view::{Kind, Status};

async fn open(path: &Path) -> Cluster {
    Cluster::connect(&Source::Snapshot(path.to_owned())).await.unwrap()
}

fn pods(count: usize) -> String {
    let mut text = "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[".to_owned();
    for n in 0..count {
        let namespace = if n % 2 == 0 { "even" } else { "odd" };
        let comma = if n == 0 { "" } else { "," };
        text.push_str(&format!(
            "{comma}{{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{{\"name\":\"p{n}\",\"namespace\":\"{namespace}\"}}}}"
        ));
    }
    text + ",{\"apiVersion\":\"v1\",\"kind\":\"Node\",\"metadata\":{\"name\":\"n1\"}}]}"
}

#[tokio::test]
async fn each_kind_is_one_list_of_pages() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pods.json");
    std::fs::write(&path, pods(1001)).unwrap();
    let cluster = open(&path).await;
    let plan =
        ReadPlan { kinds: vec![Kind::Pod, Kind::Node, Kind::Service, Kind::Pod], ..ReadPlan::default() };
    let outcome = cluster.read(&plan).await.unwrap();
    assert_eq!(outcome.view.pods.len(), 1001);
    assert_eq!(outcome.requests, 1 + 3 + 1 + 1, "version, three pages of pods, nodes, services");
    let coverage = &outcome.view.coverage;
    assert_eq!(coverage.of(Kind::Pod, "any"), Status::Complete);
    assert_eq!(coverage.of(Kind::Service, "any"), Status::NotCaptured);
    assert_eq!(coverage.of(Kind::Job, "any"), Status::NotRead);
}

#[tokio::test]
async fn a_namespace_narrows_namespaced_kinds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pods.json");
    std::fs::write(&path, pods(10)).unwrap();
    let cluster = open(&path).await;
    let mut plan = ReadPlan {
        kinds: vec![Kind::Pod, Kind::Node],
        namespace: Some("odd".to_owned()),
        ..ReadPlan::default()
    };
    let outcome = cluster.read(&plan).await.unwrap();
    assert_eq!((outcome.view.pods.len(), outcome.view.nodes.len()), (5, 1));
    assert_eq!(outcome.view.coverage.of(Kind::Pod, "even"), Status::NotRead);
    assert_eq!(outcome.view.coverage.of(Kind::Node, ""), Status::Complete);
    plan.namespace = Some("../x".to_owned());
    assert!(matches!(cluster.read(&plan).await, Err(Error::BadName { .. })));
}

#[tokio::test]
async fn the_demo_is_read_without_gaps() {
    let cluster = Cluster::connect(&Source::Demo).await.unwrap();
    let plan = ReadPlan { kinds: Kind::ALL.to_vec(), ..ReadPlan::default() };
    let outcome = cluster.read(&plan).await.unwrap();
    assert_eq!(outcome.view.coverage.gaps().count(), 0, "{:?}", outcome.view.coverage);
    assert_eq!((outcome.skipped, outcome.view.is_empty()), (0, false));
    assert_eq!(outcome.view.now.unix(), cluster.now().as_second());
    assert!(outcome.view.server_version.starts_with('v'));
}

#[tokio::test]
async fn a_dump_proves_absence_only_where_it_has_been() {
    let dir = tempfile::tempdir().unwrap();
    let list = "{\"kind\":\"NodeList\",\"apiVersion\":\"v1\",\"items\":[{\"metadata\":{\"name\":\"n1\"}}]}";
    std::fs::write(dir.path().join("nodes.json"), list).unwrap();
    std::fs::create_dir(dir.path().join("shop")).unwrap();
    let list = "{\"kind\":\"PodList\",\"apiVersion\":\"v1\",\"items\":[]}";
    std::fs::write(dir.path().join("shop/pods.json"), list).unwrap();
    let plan = ReadPlan { kinds: vec![Kind::Pod, Kind::Node], ..ReadPlan::default() };
    let outcome = open(dir.path()).await.read(&plan).await.unwrap();
    assert_eq!(outcome.view.coverage.of(Kind::Pod, "other"), Status::NotRead);
    assert_eq!(outcome.view.coverage.of(Kind::Pod, "shop"), Status::Complete);
    assert_eq!(outcome.view.coverage.of(Kind::Node, ""), Status::Complete);
}
