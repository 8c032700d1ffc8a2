//! The recorded cluster inside the program.

use cluster::{Cluster, ListQuery, LogQuery, Source};

#[tokio::test]
async fn the_demo_answers_like_a_cluster() {
    let cluster = Cluster::connect(&Source::Demo).await.unwrap();
    assert_eq!(cluster.identity().context, "demo");
    assert!(cluster.version().await.unwrap().git_version.starts_with('v'));
    assert_eq!(cluster.skipped(), 0);
    let pods = cluster.resolve("pods").await.unwrap();
    let q = ListQuery { namespace: Some("production".to_owned()), ..ListQuery::all(pods) };
    assert!(!cluster.list(&q).await.unwrap().items.is_empty());
    let log = LogQuery {
        namespace: "default".to_owned(),
        pod: "nginx-abc123".to_owned(),
        tail_lines: Some(1),
        ..LogQuery::default()
    };
    assert_eq!(cluster.logs(&log).await.unwrap().text.lines().count(), 1);
}
