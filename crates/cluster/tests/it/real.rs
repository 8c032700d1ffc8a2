//! A real cluster, read only. Needs one: any disposable cluster, named by a kubeconfig.
//!
//! `K8SGPT_TEST_KUBECONFIG=… cargo test -p cluster -- --ignored real --nocapture`

use std::path::PathBuf;

use cluster::{Cluster, Error, EventQuery, ListQuery, ReadPlan, SaveOptions, Source};
use view::{Kind, Status};

async fn connect() -> Cluster {
    let path = std::env::var_os("K8SGPT_TEST_KUBECONFIG").map(PathBuf::from);
    Cluster::connect(&Source::Kubeconfig { path, context: None }).await.unwrap()
}

#[tokio::test]
#[ignore = "needs a cluster: set K8SGPT_TEST_KUBECONFIG"]
async fn real_calls() {
    let cluster = connect().await;
    println!("{} {:?}", cluster.identity(), cluster.version().await.unwrap());
    let resources = cluster.resources().await.unwrap();
    println!("{} types in {} requests", resources.len(), cluster.requests());
    assert!(resources.iter().all(|r| !r.kind.is_empty() && !r.plural.contains('/')));
    for spelled in [
        "pods",
        "Deploy",
        "hpa",
        "v1/Node",
        "apps/v1/ReplicaSet",
        "leases.coordination.k8s.io",
        "flowschemas",
    ] {
        let resource = cluster.resolve(spelled).await.unwrap();
        let page = cluster.list(&ListQuery { limit: Some(1), ..ListQuery::all(resource) }).await.unwrap();
        println!("{spelled}: {} {} rest {:?}", page.items.len(), page.kind, page.remaining);
    }
    let pods = cluster.resolve("po").await.unwrap();
    for error in [
        cluster.get(&pods, Some("kube-sytem"), "x").await.unwrap_err(),
        cluster.get(&pods, Some("kube-system"), "x").await.unwrap_err(),
        cluster.resolve("deploymens").await.unwrap_err(),
        cluster
            .list(&ListQuery { field_selector: Some("spec.foo=1".into()), ..ListQuery::all(pods) })
            .await
            .unwrap_err(),
    ] {
        println!("{error}");
    }
    println!("{:?}", cluster.field_doc("", "v1", "Pod", "spec.containers.image").await.unwrap());
    let events = cluster
        .events(&EventQuery { kind: Some("pod".into()), limit: Some(3), ..EventQuery::default() })
        .await;
    println!("{} events, {:?} more", events.as_ref().unwrap().items.len(), events.unwrap().remaining);
}

#[tokio::test]
#[ignore = "needs a cluster: set K8SGPT_TEST_KUBECONFIG"]
async fn real_read_and_recording_agree() {
    let cluster = connect().await;
    let plan = ReadPlan { kinds: Kind::ALL.to_vec(), ..ReadPlan::default() };
    let live = cluster.read(&plan).await.unwrap();
    println!("{} objects, {} requests, {:?}", live.view.len(), live.requests, live.elapsed);
    assert_eq!(live.skipped, 0);
    for kind in Kind::ALL.iter().filter(|kind| !kind.info().remote) {
        assert_eq!(live.view.coverage.of_kind(*kind), Status::Complete, "{kind}");
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("saved.tar.gz");
    let summary = cluster.save_snapshot(&path, &SaveOptions::default(), |_, _| {}).await.unwrap();
    println!("{summary:?}");
    let recorded = Cluster::connect(&Source::Snapshot(path)).await.unwrap();
    let again = recorded.read(&plan).await.unwrap();
    println!("{} objects recorded, {:?}", again.view.len(), again.elapsed);
    assert_eq!(again.view.coverage.gaps().count(), 0);
    assert!(live.view.len().abs_diff(again.view.len()) < 50, "clusters move, but not that much");
    assert!(matches!(recorded.resolve("nonsense").await, Err(Error::UnknownResource { .. })));
}

/// `K8SGPT_TEST_SNAPSHOT=… cargo test -p cluster -- --ignored recording --nocapture`
#[tokio::test]
#[ignore = "needs a recording: set K8SGPT_TEST_SNAPSHOT"]
async fn any_recording() {
    let Some(path) = std::env::var_os("K8SGPT_TEST_SNAPSHOT").map(PathBuf::from) else { return };
    let cluster = Cluster::connect(&Source::Snapshot(path)).await.unwrap();
    println!("{} at {}, {} skipped", cluster.identity(), cluster.now(), cluster.skipped());
    println!("{:?}", cluster.version().await);
    let outcome = cluster.read(&ReadPlan { kinds: Kind::ALL.to_vec(), ..ReadPlan::default() }).await.unwrap();
    println!("{} objects in {:?}, {} skipped", outcome.view.len(), outcome.elapsed, outcome.skipped);
    for (kind, status) in outcome.view.coverage.gaps() {
        println!("{kind}: {status:?}");
    }
}
