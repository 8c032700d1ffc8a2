//! Lists, single objects, logs, events and the version of a recorded cluster.

use cluster::{Cluster, Error, EventQuery, ListQuery, LogQuery, Source};

const OBJECTS: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Node
  metadata: {name: n1, creationTimestamp: "2026-01-01T00:00:00Z"}
  status: {nodeInfo: {kubeletVersion: v1.36.3, operatingSystem: linux, architecture: amd64}}
- apiVersion: v1
  kind: Namespace
  metadata: {name: prod, creationTimestamp: "2026-01-02T00:00:00Z"}
- apiVersion: v1
  kind: Namespace
  metadata: {name: default}
- apiVersion: v1
  kind: Pod
  metadata: {name: web-1, namespace: prod, labels: {app: web}}
  spec: {nodeName: n1, containers: [{name: web, env: [{name: DB_PASSWORD, value: CANARY}]}]}
  status: {phase: Running}
- apiVersion: v1
  kind: Pod
  metadata: {name: web-2, namespace: prod, labels: {app: web, tier: front}}
  spec: {containers: [{name: web}, {name: proxy}], initContainers: [{name: setup}]}
  status: {phase: Pending}
- apiVersion: v1
  kind: Pod
  metadata: {name: db-0, namespace: default, labels: {app: db}}
  spec: {containers: [{name: db}]}
  status:
    phase: Pending
    containerStatuses: [{name: db, restartCount: 0, state: {waiting: {reason: ImagePullBackOff}}}]
- apiVersion: v1
  kind: Secret
  metadata:
    name: db
    namespace: prod
    annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data":{"password":"CANARY"}}'}
    managedFields: [{manager: CANARY}]
  data: {password: Q0FOQVJZ}
  stringData: {plain: CANARY}
- apiVersion: v1
  kind: Event
  metadata: {name: e1, namespace: prod}
  involvedObject: {kind: Pod, name: web-1, namespace: prod}
  type: Warning
  reason: BackOff
  lastTimestamp: "2026-01-03T00:00:00Z"
- apiVersion: v1
  kind: Event
  metadata: {name: e2, namespace: prod}
  involvedObject: {kind: Pod, name: web-1, namespace: prod}
  type: Normal
  reason: Pulled
  lastTimestamp: "2026-01-03T00:00:01Z"
- apiVersion: v1
  kind: Event
  metadata: {name: a0, namespace: prod}
  involvedObject: {kind: Node, name: n1}
  type: Normal
  reason: Ready
  lastTimestamp: "2026-01-03T00:00:02Z"
"#;

/// A snapshot of the objects above; the directory must live as long as it is read.
async fn recorded() -> Cluster {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("objects.yaml");
    std::fs::write(&path, OBJECTS).unwrap();
    Cluster::connect(&Source::Snapshot(path)).await.unwrap()
}

async fn list(cluster: &Cluster, spelled: &str) -> ListQuery {
    ListQuery::all(cluster.resolve(spelled).await.unwrap())
}

fn names(items: &[serde_json::Value]) -> Vec<&str> {
    items.iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn lists_narrow_by_namespace_and_selectors() {
    let cluster = recorded().await;
    let all = list(&cluster, "pods").await;
    let page = cluster.list(&all).await.unwrap();
    assert_eq!(names(&page.items), ["db-0", "web-1", "web-2"]);
    assert_eq!(page.items[0]["kind"], "Pod");
    let cases = [
        (Some("prod"), None, None, vec!["web-1", "web-2"]),
        (None, Some("app in (web), tier"), None, vec!["web-2"]),
        (None, None, Some("status.phase=Running,spec.nodeName=n1"), vec!["web-1"]),
        (None, None, Some("metadata.name=db-0"), vec!["db-0"]),
        (Some("none"), None, None, vec![]),
    ];
    for (namespace, labels, fields, expected) in cases {
        let q = ListQuery {
            namespace: namespace.map(str::to_owned),
            label_selector: labels.map(str::to_owned),
            field_selector: fields.map(str::to_owned),
            ..all.clone()
        };
        assert_eq!(names(&cluster.list(&q).await.unwrap().items), expected, "{q:?}");
    }
    let unsupported = ListQuery { field_selector: Some("spec.foo=1".to_owned()), ..all };
    let error = cluster.list(&unsupported).await.unwrap_err();
    assert!(matches!(error, Error::Api { status: 400, .. }), "{error}");
}

#[tokio::test]
async fn pages_continue_where_they_ended() {
    let cluster = recorded().await;
    let mut q = ListQuery { limit: Some(2), ..list(&cluster, "po").await };
    let first = cluster.list(&q).await.unwrap();
    assert_eq!((first.items.len(), first.remaining), (2, Some(1)));
    q.continue_token = first.continue_token;
    let second = cluster.list(&q).await.unwrap();
    assert_eq!(names(&second.items), ["web-2"]);
    assert_eq!((second.continue_token, second.remaining), (None, None));
    q.continue_token = Some("stale".to_owned());
    assert!(matches!(cluster.list(&q).await, Err(Error::Gone { .. })));
}

#[tokio::test]
async fn secrets_stay_inside() {
    let cluster = recorded().await;
    let secrets = list(&cluster, "Secret").await;
    let listed = cluster.list(&secrets).await.unwrap();
    let got = cluster.get(&secrets.resource, Some("prod"), "db").await.unwrap();
    let pods = cluster.list(&list(&cluster, "pods").await).await.unwrap();
    let all = format!("{listed:?}{got}{pods:?}");
    assert!(!all.contains("CANARY") && !all.contains("Q0FOQVJZ"), "{all}");
    assert_eq!(got["data"]["password"], "<redacted 6 bytes>");
}

#[tokio::test]
async fn missing_objects_have_near_misses() {
    let cluster = recorded().await;
    let pods = cluster.resolve("pod").await.unwrap();
    let error = cluster.get(&pods, Some("prod"), "web-3").await.unwrap_err().to_string();
    assert_eq!(error, "Pod prod/web-3 does not exist, did you mean web-1 or web-2?");
    let error = cluster.get(&pods, Some("prod"), "db-0").await.unwrap_err().to_string();
    assert_eq!(error, "Pod prod/db-0 does not exist; one of that name is in namespace default");
    let error = cluster.get(&pods, Some("prd"), "web-1").await.unwrap_err().to_string();
    assert_eq!(error, "Namespace prd does not exist, did you mean prod?");
    assert!(matches!(cluster.get(&pods, None, "web-1").await, Err(Error::BadName { .. })));
}

#[tokio::test]
async fn what_was_not_recorded_is_not_absent() {
    let cluster = recorded().await;
    let jobs = list(&cluster, "jobs").await;
    assert!(matches!(cluster.list(&jobs).await, Err(Error::NotCaptured { .. })));
    let error = cluster.resolve("podz").await.unwrap_err();
    assert!(matches!(&error, Error::UnknownResource { near, .. } if near[0] == "pods"), "{error}");
    let log = LogQuery { namespace: "prod".to_owned(), pod: "web-1".to_owned(), ..LogQuery::default() };
    assert!(matches!(cluster.logs(&log).await, Err(Error::NotCaptured { .. })));
}

#[tokio::test]
async fn logs_name_the_choices() {
    let cluster = recorded().await;
    let query = |namespace: &str, pod: &str, container: Option<&str>| LogQuery {
        namespace: namespace.to_owned(),
        pod: pod.to_owned(),
        container: container.map(str::to_owned),
        ..LogQuery::default()
    };
    let cases = [
        (
            query("prod", "web-2", None),
            "pod prod/web-2 has several containers, name one of them: web, proxy, setup",
        ),
        (
            query("prod", "web-2", Some("proxi")),
            "pod prod/web-2 has no container \"proxi\", did you mean proxy?; it has web, proxy, setup",
        ),
        (query("prod", "web-9", None), "Pod prod/web-9 does not exist, did you mean web-1 or web-2?"),
        (
            query("default", "db-0", None),
            "pod default/db-0 has no such log: container \"db\" in pod \"db-0\" is waiting to start: trying and \
             failing to pull image",
        ),
    ];
    for (q, expected) in cases {
        assert_eq!(cluster.logs(&q).await.unwrap_err().to_string(), expected);
    }
}

#[tokio::test]
async fn events_are_filtered_by_the_server_and_sorted() {
    let cluster = recorded().await;
    let q = EventQuery { kind: Some("pods".to_owned()), limit: Some(1), ..EventQuery::default() };
    let page = cluster.events(&q).await.unwrap();
    assert_eq!((names(&page.items), page.remaining), (vec!["e2"], Some(1)));
    let q = EventQuery {
        name: Some("web-1".to_owned()),
        event_type: Some("warning".to_owned()),
        namespace: Some("prod".to_owned()),
        ..EventQuery::default()
    };
    assert_eq!(names(&cluster.events(&q).await.unwrap().items), ["e1"]);
}

#[tokio::test]
async fn the_handle_tells_what_it_is() {
    let cluster = recorded().await;
    assert_eq!(cluster.requests(), 0);
    assert_eq!(cluster.version().await.unwrap().git_version, "v1.36.3");
    assert_eq!(cluster.requests(), 1);
    assert_eq!(cluster.now().to_string(), "2026-01-03T00:00:02Z");
    assert!(!cluster.identity().live);
    let resources = cluster.resources().await.unwrap();
    assert!(resources.iter().any(|r| r.kind == "Pod" && r.verbs == ["get", "list"]));
    assert_eq!(cluster.requests(), 3, "aggregated discovery takes two requests");
}

#[tokio::test]
async fn bad_names_are_refused_before_anything_is_sent() {
    let cluster = recorded().await;
    let pods = cluster.resolve("pods").await.unwrap();
    for bad in ["../secrets/db", "a?x=1", "a#b", "a%2fb", "a\r\nb", "--server=x", "-n", "a/b", ".."] {
        assert!(matches!(cluster.get(&pods, Some("prod"), bad).await, Err(Error::BadName { .. })), "{bad}");
        assert!(matches!(cluster.get(&pods, Some(bad), "web-1").await, Err(Error::BadName { .. })), "{bad}");
        let q = ListQuery { namespace: Some(bad.to_owned()), ..ListQuery::all(pods.clone()) };
        assert!(matches!(cluster.list(&q).await, Err(Error::BadName { .. })), "{bad}");
        let log = |namespace: &str, pod: &str, container: Option<&str>| LogQuery {
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            container: container.map(str::to_owned),
            ..LogQuery::default()
        };
        for q in [log(bad, "web-1", None), log("prod", bad, None), log("prod", "web-1", Some(bad))] {
            assert!(matches!(cluster.logs(&q).await, Err(Error::BadName { .. })), "{q:?}");
        }
        let q = EventQuery { name: Some(bad.to_owned()), ..EventQuery::default() };
        assert!(matches!(cluster.events(&q).await, Err(Error::BadName { .. })), "{bad}");
    }
    for selector in ["a=b&limit=1", "a in (", "=", "a\n=b"] {
        let q = ListQuery { label_selector: Some(selector.to_owned()), ..ListQuery::all(pods.clone()) };
        assert!(matches!(cluster.list(&q).await, Err(Error::BadName { .. })), "{selector}");
    }
    assert_eq!(cluster.requests(), 0);
}
