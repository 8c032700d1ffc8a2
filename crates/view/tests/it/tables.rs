use view::{Builder, Kind, Lookup, Pod, Rows, Secret, Status, Time, View};

fn view_of(kind: Kind, body: &str, status: Status, only: Option<&str>) -> View {
    let mut rows = Rows::empty(kind);
    rows.append_page(body.as_bytes()).expect("a list");
    let mut builder = Builder::new(Time::from_unix(0), "v1.36.3");
    builder.set(rows, status, only);
    builder.finish()
}

const PODS: &str = r#"{"metadata":{"continue":"t2","remainingItemCount":7},"items":[
  {"metadata":{"name":"b","namespace":"z"}}, 17, {"metadata":{"name":"b","namespace":"a","labels":null}},
  {"metadata":{"name":"a","namespace":"a","managedFields":[{"manager":"x"}]},"status":{"containerStatuses":null}}]}"#;

#[test]
fn rows_are_ordered_and_odd_items_cost_only_themselves() {
    let mut rows = Rows::empty(Kind::Pod);
    let page = rows.append_page(PODS.as_bytes()).expect("a list");
    assert_eq!((page.continue_token.as_str(), page.remaining, page.skipped), ("t2", Some(7), 1));
    let view = view_of(Kind::Pod, PODS, Status::Complete, None);
    let names: Vec<String> =
        view.pods.iter().map(|p| format!("{}/{}", p.metadata.namespace, p.metadata.name)).collect();
    assert_eq!(names, ["a/a", "a/b", "z/b"]);
    assert_eq!(view.pods.in_namespace("a").len(), 2);
    assert_eq!(view.pods.in_namespace("m").len(), 0);
}

#[test]
fn null_items_are_an_empty_list_and_garbage_is_an_error_without_its_text() {
    let mut rows = Rows::empty(Kind::Pod);
    assert_eq!(rows.append_page(br#"{"items":null}"#).expect("empty").skipped, 0);
    let error = rows.append_page(br#"{"items": hunter2 "#).expect_err("garbage");
    assert!(!error.reason.contains("hunter2") && error.reason.contains("line 1"), "{}", error.reason);
}

#[test]
fn only_a_whole_list_proves_absence() {
    let proves =
        |status, only| view_of(Kind::Pod, PODS, status, only).lookup::<Pod>("a", "nope").is_missing();
    assert!(proves(Status::Complete, None));
    assert!(proves(Status::Absent, None));
    assert!(proves(Status::Complete, Some("a")));
    assert!(!proves(Status::Complete, Some("b")));
    for status in [
        Status::Forbidden,
        Status::Truncated,
        Status::Failed("x".into()),
        Status::NotRead,
        Status::NotCaptured,
    ] {
        assert!(!proves(status, None));
    }
    let view = view_of(Kind::Pod, PODS, Status::Forbidden, None);
    assert!(
        matches!(view.lookup::<Pod>("a", "a"), Lookup::Found(_)),
        "what is there is true whatever the coverage"
    );
    assert!(matches!(view.lookup::<Secret>("a", "a"), Lookup::Unknown), "never read");
}

#[test]
fn secret_values_are_never_held() {
    let body = r#"{"items":[{"metadata":{"name":"s","namespace":"a","annotations":{
        "kubectl.kubernetes.io/last-applied-configuration":"{canary-1}","k8sgpt.ai/ignore":"x"}},
        "type":"Opaque","data":{"password":"Y2FuYXJ5","user":null},"stringData":{"k":"canary-2"}}]}"#;
    let view = view_of(Kind::Secret, body, Status::Complete, None);
    let printed = format!("{view:?}");
    assert!(!printed.contains("canary") && !printed.contains("Y2FuYXJ5"), "{printed}");
    let secret = view.secrets.get("a", "s").expect("there");
    assert!(secret.data.contains("password") && secret.data.contains("user"));
    assert!(secret.metadata.annotations.get("k8sgpt.ai/ignore").is_some());
}

#[test]
fn every_kind_has_a_path_and_a_name_that_parses() {
    for &kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.name()), Some(kind));
        assert_eq!(Rows::empty(kind).kind(), kind);
        assert!(kind.info().list_path(None).ends_with(kind.info().plural));
    }
    assert!(Kind::EKSCluster.info().remote && !Kind::Node.info().remote);
    assert_eq!(Kind::Deployment.info().list_path(Some("x")), "/apis/apps/v1/namespaces/x/deployments");
    assert_eq!(Kind::Node.info().list_path(Some("x")), "/api/v1/nodes");
}

#[test]
fn owners_lead_to_the_top_and_events_to_the_very_object() {
    let mut builder = Builder::new(Time::from_unix(0), "");
    let lists = [
        (Kind::Deployment, r#"{"items":[{"metadata":{"name":"web","namespace":"a","uid":"d1"}}]}"#),
        (
            Kind::ReplicaSet,
            r#"{"items":[{"metadata":{"name":"web-1","namespace":"a","uid":"r1",
            "ownerReferences":[{"kind":"Deployment","name":"web","uid":"d1","controller":true}]}}]}"#,
        ),
        (
            Kind::Pod,
            r#"{"items":[{"metadata":{"name":"web-1-x","namespace":"a","uid":"p1",
            "ownerReferences":[{"kind":"ReplicaSet","name":"web-1","uid":"r1","controller":true}]}}]}"#,
        ),
        (
            Kind::Event,
            r#"{"items":[
            {"metadata":{"name":"e1","namespace":"a"},"involvedObject":{"kind":"Pod","namespace":"a","name":"web-1-x","uid":"p1"},"lastTimestamp":"2026-01-01T00:00:00Z","reason":"Old"},
            {"metadata":{"name":"e2","namespace":"a"},"involvedObject":{"kind":"Pod","namespace":"a","name":"web-1-x","uid":"p1"},"eventTime":"2026-01-02T00:00:00.000000Z","reason":"New"},
            {"metadata":{"name":"e3","namespace":"a"},"involvedObject":{"kind":"Pod","namespace":"a","name":"web-1-x","uid":"gone"},"reason":"Predecessor"},
            {"metadata":{"name":"e4","namespace":"a"},"involvedObject":{"kind":"Service","namespace":"a","name":"web-1-x"},"reason":"Other"}]}"#,
        ),
    ];
    for (kind, body) in lists {
        let mut rows = Rows::empty(kind);
        rows.append_page(body.as_bytes()).expect("a list");
        builder.set(rows, Status::Complete, None);
    }
    let view = builder.finish();
    let pod = view.pods.get("a", "web-1-x").expect("there");
    let chain: Vec<String> = view.owners_of(&pod.metadata).iter().map(ToString::to_string).collect();
    assert_eq!(chain, ["ReplicaSet a/web-1", "Deployment a/web"]);
    let reasons: Vec<&str> = view.events_of("Pod", &pod.metadata).map(|e| e.reason.as_str()).collect();
    assert_eq!(reasons, ["New", "Old"]);
    let deployment = view.deployments.get("a", "web").expect("there");
    assert_eq!(view.pods_of_deployment(deployment).len(), 1);
}

#[test]
fn pods_tell_their_deployment_where_replica_sets_were_not_read() {
    let mut builder = Builder::new(Time::from_unix(0), "");
    let lists = [
        (Kind::Deployment, r#"{"items":[{"metadata":{"name":"web","namespace":"a","uid":"d1"}}]}"#),
        (
            Kind::Pod,
            r#"{"items":[{"metadata":{"name":"web-7d4-x","namespace":"a","uid":"p1","labels":{"pod-template-hash":"7d4"},
            "ownerReferences":[{"kind":"ReplicaSet","name":"web-7d4","uid":"r1","controller":true}]}},
            {"metadata":{"name":"other-1","namespace":"a","labels":{"pod-template-hash":"7d4"},
            "ownerReferences":[{"kind":"ReplicaSet","name":"other","uid":"r2","controller":true}]}}]}"#,
        ),
    ];
    for (kind, body) in lists {
        let mut rows = Rows::empty(kind);
        rows.append_page(body.as_bytes()).expect("a list");
        builder.set(rows, Status::Complete, None);
    }
    builder.set(Rows::empty(Kind::ReplicaSet), Status::Forbidden, None);
    let view = builder.finish();
    let deployment = view.deployments.get("a", "web").expect("there");
    let names: Vec<&str> =
        view.pods_of_deployment(deployment).iter().map(|p| p.metadata.name.as_str()).collect();
    assert_eq!(names, ["web-7d4-x"]);
}
