//! Discovery in its plain form, as servers before 1.26 have it, and what a spelling resolves to.

use cluster::{Cluster, Error, Options, Source};

use crate::server::{Reply, kubeconfig, ok, start, status};

fn answer(target: &str) -> Reply {
    match target {
        "/api" => ok(r#"{"kind":"APIVersions","versions":["v1"]}"#),
        "/apis" => ok(r#"{"kind":"APIGroupList","groups":[
                {"name":"example.com","versions":[{"version":"v1alpha1"},{"version":"v1"}],"preferredVersion":{"version":"v1"}},
                {"name":"metrics.k8s.io","versions":[{"version":"v1beta1"}]},
                {"name":"serving.example.com","versions":[{"version":"v1"}]},
                {"name":"down.example.com","versions":[{"version":"v1"}]}]}"#),
        "/api/v1" => ok(r#"{"kind":"APIResourceList","groupVersion":"v1","resources":[
                {"name":"pods","singularName":"pod","namespaced":true,"kind":"Pod","verbs":["get","list"],"shortNames":["po"]},
                {"name":"pods/log","singularName":"","namespaced":true,"kind":"Pod","verbs":["get"]}]}"#),
        "/apis/example.com/v1" | "/apis/example.com/v1alpha1" => {
            let version = target.rsplit('/').next().unwrap();
            ok(&format!(
                r#"{{"kind":"APIResourceList","groupVersion":"example.com/{version}","resources":[
                {{"name":"widgets","singularName":"","namespaced":true,"kind":"Widget","verbs":["list"],"shortNames":["wg"]}}]}}"#
            ))
        }
        "/apis/metrics.k8s.io/v1beta1" => {
            ok(r#"{"kind":"APIResourceList","groupVersion":"metrics.k8s.io/v1beta1","resources":[
                {"name":"gauges","namespaced":true,"kind":"Gauge","verbs":["list"]}]}"#)
        }
        "/apis/serving.example.com/v1" => {
            ok(r#"{"kind":"APIResourceList","groupVersion":"serving.example.com/v1","resources":[
                {"name":"gauges","namespaced":false,"kind":"Gauge","verbs":["list"]},
                {"name":"services","singularName":"service","namespaced":true,"kind":"Service","verbs":["list"]}]}"#)
        }
        _ => status(500, "InternalError", "the server of this group is down"),
    }
}

async fn connect() -> (Cluster, tempfile::TempDir) {
    let (server, _) = start(|target, _, _| answer(target)).await;
    let dir = tempfile::tempdir().unwrap();
    let path = kubeconfig(dir.path(), &server, "{token: t}");
    let source = Source::Kubeconfig { path: Some(path), context: None };
    (Cluster::connect_with(&source, Options::default()).await.unwrap(), dir)
}

#[tokio::test]
async fn spellings_of_custom_types() {
    let (cluster, _dir) = connect().await;
    let cases = [
        ("widgets", "example.com/v1 Widget"),
        ("Widget", "example.com/v1 Widget"),
        ("WG", "example.com/v1 Widget"),
        ("widgets.example.com", "example.com/v1 Widget"),
        ("widgets.v1alpha1.example.com", "example.com/v1alpha1 Widget"),
        ("example.com/v1alpha1/Widget", "example.com/v1alpha1 Widget"),
        ("example.com/widget", "example.com/v1 Widget"),
        ("gauges", "serving.example.com/v1 Gauge"),
        ("gauges.metrics.k8s.io", "metrics.k8s.io/v1beta1 Gauge"),
        ("service", "v1 Service"),
        ("services.serving.example.com", "serving.example.com/v1 Service"),
        (" pods ", "v1 Pod"),
        ("v1/pod", "v1 Pod"),
    ];
    for (spelled, expected) in cases {
        let found = cluster.resolve(spelled).await.unwrap();
        assert_eq!(format!("{} {}", found.api_version(), found.kind), expected, "{spelled}");
    }
    for spelled in ["", "/", "a/b/c/d", "../pods", "pods?x", "pods log", "-pods"] {
        assert!(matches!(cluster.resolve(spelled).await, Err(Error::BadName { .. })), "{spelled:?}");
    }
    let error = cluster.resolve("wigdets").await.unwrap_err();
    assert!(matches!(&error, Error::UnknownResource { near, .. } if near == &["widgets"]), "{error:?}");
}

#[tokio::test]
async fn a_group_that_is_down_takes_no_other_with_it() {
    let (cluster, _dir) = connect().await;
    let resources = cluster.resources().await.unwrap();
    let names: Vec<String> = resources.iter().map(|r| format!("{}/{}", r.api_version(), r.plural)).collect();
    let expected = [
        "v1/pods",
        "example.com/v1/widgets",
        "metrics.k8s.io/v1beta1/gauges",
        "serving.example.com/v1/gauges",
        "serving.example.com/v1/services",
    ];
    assert_eq!(names, expected);
    assert_eq!(resources[1].singular, "widget");
    let before = cluster.requests();
    cluster.resources().await.unwrap();
    assert_eq!(cluster.requests(), before, "discovery is remembered");
}
