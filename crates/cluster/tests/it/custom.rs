//! Groups that a server may lack, and instances of custom types.

use std::time::Duration;

use cluster::{Cluster, Options, ReadOutcome, ReadPlan, Source};
use serde_json::json;
use view::{Kind, Status};

use crate::server::{Reply, Seen, kubeconfig, ok, start, status};

async fn read(
    script: impl Fn(&str) -> Reply + Send + Sync + 'static,
    kinds: &[Kind],
    namespace: Option<&str>,
) -> (ReadOutcome, Seen) {
    let (server, seen) = start(move |target, _, _| script(target)).await;
    let dir = tempfile::tempdir().unwrap();
    let path = kubeconfig(dir.path(), &server, "{token: t}");
    let source = Source::Kubeconfig { path: Some(path), context: None };
    let options = Options { deadline: Duration::from_millis(1500), ..Options::default() };
    let cluster = Cluster::connect_with(&source, options).await.unwrap();
    let plan =
        ReadPlan { kinds: kinds.to_vec(), namespace: namespace.map(str::to_owned), ..ReadPlan::default() };
    (cluster.read(&plan).await.unwrap(), seen)
}

fn asked(seen: &Seen) -> Vec<String> {
    let mut all: Vec<String> = seen.lock().unwrap().iter().map(|(target, _)| target.clone()).collect();
    all.retain(|target| target != "/version");
    all.sort();
    all
}

fn groups() -> Reply {
    let version = |version: &str, plural: &str, kind: &str, freshness: &str| {
        let resources = if plural.is_empty() {
            json!([])
        } else {
            json!([{"resource": plural, "responseKind": {"kind": kind}, "scope": "Namespaced", "verbs": ["list"]}])
        };
        json!({"version": version, "resources": resources, "freshness": freshness})
    };
    let group =
        |name: &str, versions: serde_json::Value| json!({"metadata": {"name": name}, "versions": versions});
    let items = json!([
        group("gateway.networking.k8s.io", json!([version("v1beta1", "httproutes", "HTTPRoute", "Current")])),
        group("keda.sh", json!([version("v1alpha1", "", "", "Stale")])),
        group(
            "helm.toolkit.fluxcd.io",
            json!([
                version("v2beta2", "helmreleases", "HelmRelease", "Current"),
                version("v2", "helmreleases", "HelmRelease", "Current"),
            ])
        ),
    ]);
    ok(&json!({"kind": "APIGroupDiscoveryList", "items": items}).to_string())
}

const EMPTY: &str = "{\"items\":[]}";

#[tokio::test]
async fn what_is_not_served_is_not_asked_for() {
    let script = |target: &str| match target {
        "/api" => ok("{\"kind\":\"APIGroupDiscoveryList\",\"items\":[]}"),
        "/apis" => groups(),
        _ => ok(EMPTY),
    };
    let kinds =
        [Kind::Pod, Kind::HTTPRoute, Kind::Gateway, Kind::ScaledObject, Kind::HelmRelease, Kind::Certificate];
    let (outcome, seen) = read(script, &kinds, None).await;
    let expected = [
        "/api",
        "/api/v1/pods?limit=500",
        "/apis",
        "/apis/gateway.networking.k8s.io/v1beta1/httproutes?limit=500",
        "/apis/helm.toolkit.fluxcd.io/v2/helmreleases?limit=500",
    ];
    assert_eq!(asked(&seen), expected);
    let coverage = &outcome.view.coverage;
    assert_eq!(coverage.of_kind(Kind::HTTPRoute), Status::Complete);
    assert_eq!(coverage.of_kind(Kind::Gateway), Status::Absent);
    assert_eq!(coverage.of_kind(Kind::Certificate), Status::Absent);
    assert!(matches!(coverage.of_kind(Kind::ScaledObject), Status::Failed(_)), "its group's server is down");
}

#[tokio::test]
async fn without_discovery_every_list_is_tried() {
    let script = |target: &str| match target {
        "/api" | "/apis" => status(403, "Forbidden", "no discovery"),
        "/apis/gateway.networking.k8s.io/v1/httproutes?limit=500" => status(404, "NotFound", "not found"),
        _ => ok(EMPTY),
    };
    let (outcome, seen) = read(script, &[Kind::HTTPRoute, Kind::Certificate], None).await;
    assert_eq!(asked(&seen).len(), 2 + 2, "discovery is tried once");
    assert_eq!(outcome.view.coverage.of_kind(Kind::HTTPRoute), Status::Absent);
    assert_eq!(outcome.view.coverage.of_kind(Kind::Certificate), Status::Complete);
}

fn definition(group: &str, kind: &str, scope: &str, fields: &[&str]) -> serde_json::Value {
    let fields: serde_json::Map<_, _> = fields.iter().map(|field| ((*field).to_owned(), json!({}))).collect();
    let schema = json!({"openAPIV3Schema": {"properties": {"status": {"properties": fields}}}});
    let plural = format!("{}s", kind.to_lowercase());
    json!({"metadata": {"name": format!("{plural}.{group}")}, "spec": {"group": group, "scope": scope,
        "names": {"kind": kind, "plural": plural}, "versions": [
            {"name": "v1alpha1", "served": true, "storage": false, "schema": schema},
            {"name": "v1", "served": true, "storage": true, "schema": schema}]},
        "status": {"conditions": [{"type": "Established", "status": "True"}]}})
}

fn definitions(target: &str, all: &[serde_json::Value]) -> Option<Reply> {
    target
        .starts_with("/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=100")
        .then(|| ok(&json!({"items": all}).to_string()))
}

#[tokio::test]
async fn every_type_that_tells_of_its_state_is_listed_once() {
    let all = [
        definition("a.io", "Widget", "Namespaced", &["conditions"]),
        definition("a.io", "Plain", "Namespaced", &["ready"]),
        definition("b.io", "Plant", "Cluster", &["phase"]),
        definition("b.io", "Secreted", "Namespaced", &["conditions"]),
        definition("cert-manager.io", "Certificate", "Namespaced", &["conditions"]),
    ];
    let script = move |target: &str| {
        if let Some(reply) = definitions(target, &all) {
            return reply;
        }
        match target.split('?').next().unwrap() {
            "/api" | "/apis" => ok("{\"kind\":\"APIGroupDiscoveryList\",\"items\":[]}"),
            "/apis/a.io/v1/namespaces/n/widgets" => {
                ok("{\"items\":[{\"metadata\":{\"name\":\"w\",\"namespace\":\"n\"}}]}")
            }
            "/apis/b.io/v1/namespaces/n/secreteds" => status(403, "Forbidden", "no"),
            _ => ok(EMPTY),
        }
    };
    let (outcome, seen) = read(script, &[Kind::CustomResource], Some("n")).await;
    let expected = [
        "/api",
        "/apis",
        "/apis/a.io/v1/namespaces/n/widgets?limit=500",
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions?limit=100",
        "/apis/b.io/v1/namespaces/n/secreteds?limit=500",
        "/apis/b.io/v1/plants?limit=500",
    ];
    assert_eq!(asked(&seen), expected);
    let view = &outcome.view;
    let widget = view.custom_resources.get("n", "w").unwrap();
    assert_eq!((widget.kind.as_str(), widget.group()), ("Widget", "a.io"), "the list tells the type");
    let of = |group, kind, namespace| view.coverage.of_type(group, kind, namespace);
    assert_eq!(of("a.io", "Widget", "n"), Status::Complete);
    assert_eq!(of("a.io", "Widget", "other"), Status::NotRead, "only one namespace was read");
    assert_eq!(of("b.io", "Plant", ""), Status::Complete);
    assert_eq!(of("b.io", "Secreted", "n"), Status::Forbidden);
    assert_eq!(of("a.io", "Plain", "n"), Status::NotRead, "it says nothing of its state");
    assert_eq!(of("z.io", "Nothing", "n"), Status::Absent);
    assert_eq!(view.coverage.of_kind(Kind::CustomResource), Status::Complete);
}

#[tokio::test]
async fn many_types_are_cut_and_small_groups_go_first() {
    let mut all: Vec<_> =
        (0..70).map(|n| definition("big.io", &format!("Kind{n}"), "Cluster", &["conditions"])).collect();
    all.push(definition("small.io", "Widget", "Cluster", &["conditions"]));
    all.push(definition("acme.cert-manager.io", "Challenge", "Namespaced", &["state"]));
    let script = move |target: &str| definitions(target, &all).unwrap_or_else(|| ok(EMPTY));
    let (outcome, seen) = read(script, &[Kind::CustomResource, Kind::Pod], None).await;
    let lists = asked(&seen).into_iter().filter(|target| target.contains(".io/v1/")).count();
    assert_eq!(lists, 60 + 1, "sixty types and the definitions");
    let coverage = &outcome.view.coverage;
    assert_eq!(coverage.of_type("small.io", "Widget", ""), Status::Complete);
    assert_eq!(coverage.of_type("acme.cert-manager.io", "Challenge", "n"), Status::Complete);
    assert_eq!(coverage.types().filter(|(_, status)| **status == Status::NotRead).count(), 12);
    assert_eq!(coverage.of_kind(Kind::CustomResource), Status::Truncated);
}

#[tokio::test]
async fn definitions_that_may_not_be_read_leave_the_instances_unknown() {
    let script = |target: &str| match target.contains("customresourcedefinitions") {
        true => status(403, "Forbidden", "no"),
        false => ok(EMPTY),
    };
    let (outcome, _) = read(script, &[Kind::CustomResource, Kind::Pod], None).await;
    assert_eq!(outcome.view.coverage.of_kind(Kind::CustomResource), Status::Forbidden);
    assert_eq!(outcome.view.coverage.of_type("a.io", "Widget", "n"), Status::NotRead);
}

#[tokio::test]
async fn a_recording_holds_the_instances_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("objects.json");
    let mut crd = definition("a.io", "Widget", "Namespaced", &["conditions"]);
    crd["apiVersion"] = json!("apiextensions.k8s.io/v1");
    crd["kind"] = json!("CustomResourceDefinition");
    let widget =
        json!({"apiVersion": "a.io/v1alpha1", "kind": "Widget", "metadata": {"name": "w", "namespace": "n"}});
    let list = json!({"apiVersion": "v1", "kind": "List", "items": [crd, widget]});
    std::fs::write(&path, list.to_string()).unwrap();
    let saved = dir.path().join("saved.tar.gz");
    let plan = ReadPlan { kinds: vec![Kind::CustomResource, Kind::Certificate], ..ReadPlan::default() };
    let cluster = Cluster::connect(&Source::Snapshot(path)).await.unwrap();
    cluster.save_snapshot(&saved, &cluster::SaveOptions::default(), |_, _| {}).await.unwrap();
    for cluster in [cluster, Cluster::connect(&Source::Snapshot(saved)).await.unwrap()] {
        let view = cluster.read(&plan).await.unwrap().view;
        let widget = view.custom_resources.get("n", "w").expect("in the version that was recorded");
        assert_eq!(widget.called().as_str(), "Widget");
        assert!(matches!(view.coverage.of_kind(Kind::Certificate), Status::NotCaptured | Status::Absent));
    }
}
