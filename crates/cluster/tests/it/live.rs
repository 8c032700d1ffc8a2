//! A live cluster in all its moods.

use std::time::Duration;

use cluster::{Cluster, Error, ListQuery, LogQuery, Options, ReadPlan, Source};
use view::{Kind, Status};

use crate::server::{Reply, kubeconfig, ok, start, status};

const PODS: &str = r#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"web","namespace":"a"}}]}"#;

async fn connect(server: &str, user: &str) -> (Cluster, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let path = kubeconfig(dir.path(), server, user);
    let source = Source::Kubeconfig { path: Some(path), context: None };
    let options = Options { deadline: Duration::from_millis(1500), ..Options::default() };
    (Cluster::connect_with(&source, options).await.unwrap(), dir)
}

async fn list(cluster: &Cluster) -> Result<usize, Error> {
    let pods = cluster.resolve("pods").await.unwrap();
    cluster.list(&ListQuery::all(pods)).await.map(|page| page.items.len())
}

#[tokio::test]
async fn a_dead_server_is_reported_by_the_calls() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let (cluster, _dir) = connect(&server, "{token: t}").await;
    assert_eq!(cluster.identity().to_string(), format!("test at {server}"));
    let error = list(&cluster).await.unwrap_err().to_string();
    assert!(error.contains(&server) && error.contains("refused"), "{error}");
    let plan = ReadPlan { kinds: Kind::ALL.to_vec(), ..ReadPlan::default() };
    assert!(matches!(cluster.read(&plan).await, Err(Error::Unreachable { .. })));
}

#[tokio::test]
async fn each_status_has_its_error() {
    type Expected = fn(&Error) -> bool;
    let cases: [(u16, &str, Expected); 7] = [
        (400, "BadRequest", |e| matches!(e, Error::Api { status: 400, .. })),
        (401, "Unauthorized", |e| matches!(e, Error::Unauthorized { .. })),
        (403, "Forbidden", |e| matches!(e, Error::Forbidden { verb: "list", .. })),
        (404, "NotFound", |e| matches!(e, Error::NotServed { .. })),
        (410, "Expired", |e| matches!(e, Error::Gone { .. })),
        (500, "InternalError", |e| matches!(e, Error::Api { status: 500, .. })),
        (503, "ServiceUnavailable", |e| matches!(e, Error::Api { status: 503, .. })),
    ];
    for (code, reason, expected) in cases {
        let (server, _) = start(move |_, _, _| status(code, reason, "why; Invalid value: CANARY")).await;
        let (cluster, _dir) = connect(&server, "{token: t}").await;
        let error = list(&cluster).await.unwrap_err();
        assert!(expected(&error), "{code}: {error:?}");
        assert!(!error.to_string().contains("CANARY"));
    }
}

#[tokio::test]
async fn transient_failures_are_retried_within_the_budget() {
    let overloaded = |after: &'static str| Reply::Answer(429, after, String::new());
    let (server, seen) = start(move |_, n, _| match n {
        1 => overloaded("retry-after: 0\r\n"),
        2 => Reply::Drop,
        _ => ok(PODS),
    })
    .await;
    let (cluster, _dir) = connect(&server, "{token: t}").await;
    assert_eq!(list(&cluster).await.unwrap(), 1);
    assert_eq!((seen.lock().unwrap().len(), cluster.requests()), (3, 3));

    let (server, seen) = start(move |_, _, _| overloaded("retry-after: 86400\r\n")).await;
    let (cluster, _dir) = connect(&server, "{token: t}").await;
    assert!(matches!(list(&cluster).await, Err(Error::Api { status: 429, .. })));
    assert_eq!(seen.lock().unwrap().len(), 1, "a wait beyond the budget is not begun");
}

#[tokio::test]
async fn a_silent_server_meets_the_deadline() {
    let (server, _) = start(|_, _, _| Reply::Hang).await;
    let (cluster, _dir) = connect(&server, "{token: t}").await;
    let error = list(&cluster).await.unwrap_err();
    assert_eq!(error.to_string(), "list pods: no answer within 1500 ms");
}

#[tokio::test]
async fn what_is_no_api_answer_is_not_quoted() {
    for (reply, expected) in [
        (ok("{\"items\": CANARY"), "not the expected JSON"),
        (ok("<html>CANARY"), "not the expected JSON"),
        (Reply::Answer(502, "", "<html>CANARY".to_owned()), "status 502: Bad Gateway"),
        (Reply::Cut(PODS.to_owned()), "cannot be reached"),
    ] {
        let (server, _) = start(move |_, _, _| reply.clone()).await;
        let (cluster, _dir) = connect(&server, "{token: t}").await;
        let error = list(&cluster).await.unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("CANARY"), "{error}");
    }
    let (server, _) = start(|_, _, _| ok("{\"items\": null}")).await;
    let (cluster, _dir) = connect(&server, "{token: t}").await;
    assert_eq!(list(&cluster).await.unwrap(), 0);
}

#[tokio::test]
async fn a_log_that_breaks_off_is_kept() {
    let (server, seen) = start(|_, _, _| Reply::Cut("one\ntwo\n".to_owned())).await;
    let (cluster, _dir) = connect(&server, "{token: t}").await;
    let q = LogQuery {
        namespace: "a".to_owned(),
        pod: "web".to_owned(),
        previous: true,
        tail_lines: Some(5),
        since_seconds: Some(60),
        ..LogQuery::default()
    };
    let log = cluster.logs(&q).await.unwrap();
    assert_eq!((log.text.as_str(), log.truncated), ("one\ntwo\n", true));
    let target = seen.lock().unwrap()[0].0.clone();
    assert_eq!(
        target,
        "/api/v1/namespaces/a/pods/web/log?limitBytes=1048576&tailLines=5&sinceSeconds=60&previous=true"
    );
}

#[tokio::test]
async fn each_failure_is_the_gap_of_its_kind() {
    let (server, _) = start(|target, _, _| match target.split('?').next().unwrap() {
        "/version" => ok("{\"gitVersion\":\"v1.36.3\"}"),
        "/api/v1/pods" => ok(PODS),
        "/api/v1/secrets" => status(403, "Forbidden", "secrets is forbidden"),
        "/api/v1/configmaps" => Reply::Drop,
        "/api/v1/services" => status(500, "InternalError", "etcd"),
        "/api/v1/nodes" => ok("{\"items\":[{\"metadata\":{\"name\":\"n1\"}},7]}"),
        "/api/v1/events" if target.contains("continue") => status(410, "Expired", "too old"),
        "/api/v1/events" => {
            ok("{\"metadata\":{\"continue\":\"x y+\"},\"items\":[{\"metadata\":{\"name\":\"e\"}}]}")
        }
        _ => status(404, "NotFound", "the server could not find the requested resource"),
    })
    .await;
    let (cluster, _dir) = connect(&server, "{token: t}").await;
    let kinds =
        vec![Kind::Pod, Kind::Secret, Kind::Service, Kind::Node, Kind::Event, Kind::Ingress, Kind::ConfigMap];
    let outcome = cluster.read(&ReadPlan { kinds, ..ReadPlan::default() }).await.unwrap();
    let coverage = &outcome.view.coverage;
    assert_eq!(coverage.of_kind(Kind::Pod), Status::Complete);
    assert_eq!(coverage.of_kind(Kind::Secret), Status::Forbidden);
    assert!(matches!(coverage.of_kind(Kind::Service), Status::Failed(_)));
    assert_eq!(coverage.of_kind(Kind::Node), Status::Truncated, "one node could not be read");
    assert_eq!(coverage.of_kind(Kind::Event), Status::Truncated, "restarted twice, then cut");
    assert_eq!(coverage.of_kind(Kind::Ingress), Status::Absent);
    assert!(
        matches!(coverage.of_kind(Kind::ConfigMap), Status::Failed(_)),
        "one lost list is not a lost cluster"
    );
    assert_eq!(outcome.view.events.len(), 1, "restarting a list repeats nothing");
    assert_eq!(outcome.view.server_version.as_str(), "v1.36.3");
}

#[tokio::test]
async fn credentials_are_read_again_once() {
    let (server, seen) = start(|_, _, authorization| match authorization {
        "Bearer new" => ok(PODS),
        _ => status(401, "Unauthorized", "Unauthorized"),
    })
    .await;
    let (cluster, dir) = connect(&server, "{token: old}").await;
    kubeconfig(dir.path(), &server, "{token: new}");
    assert_eq!(list(&cluster).await.unwrap(), 1);
    kubeconfig(dir.path(), &server, "{token: worse}");
    assert_eq!(list(&cluster).await.unwrap(), 1);
    assert_eq!(seen.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_server_behind_a_path() {
    let (server, seen) = start(|_, _, _| ok(PODS)).await;
    let (cluster, _dir) = connect(&format!("{server}/k8s/clusters/c-1/"), "{token: t}").await;
    assert_eq!(list(&cluster).await.unwrap(), 1);
    assert_eq!(seen.lock().unwrap()[0].0, "/k8s/clusters/c-1/api/v1/pods");
    assert_eq!(cluster.identity().server, format!("{server}/k8s/clusters/c-1"));
    assert_eq!(cluster.identity().namespace, "default");
}

#[tokio::test]
async fn the_context_must_exist() {
    let dir = tempfile::tempdir().unwrap();
    let path = kubeconfig(dir.path(), "http://127.0.0.1:1", "{}");
    let source = Source::Kubeconfig { path: Some(path), context: Some("tset".to_owned()) };
    let error = Cluster::connect(&source).await.unwrap_err().to_string();
    assert_eq!(error, "context \"tset\" is not in the kubeconfig, did you mean test?; it has test");
}

#[cfg(unix)]
mod plugins {
    use super::*;
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    fn script(dir: &Path, text: &str) -> String {
        let path = dir.join("plugin.sh");
        std::fs::write(&path, format!("#!/bin/sh\necho run >> {}/runs\n{text}\n", dir.display())).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.display().to_string()
    }

    fn user(command: &str) -> String {
        format!(
            "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: \"{command}\", interactiveMode: Never}}}}"
        )
    }

    async fn connect_with_plugin(server: &str, text: &str) -> (Result<Cluster, Error>, tempfile::TempDir) {
        let dir = tempfile::tempdir().unwrap();
        let command = script(dir.path(), text);
        let path = kubeconfig(dir.path(), server, &user(&command));
        (Cluster::connect(&Source::Kubeconfig { path: Some(path), context: None }).await, dir)
    }

    #[tokio::test]
    async fn a_plugin_runs_once() {
        let (server, seen) = start(|_, _, _| ok(PODS)).await;
        let credential = "{\"kind\":\"ExecCredential\",\"status\":{\"token\":\"fresh\"}}";
        let text = format!(
            "read line && exit 9\ncase \"$KUBERNETES_EXEC_INFO\" in *interactive*false*) echo '{credential}';; esac"
        );
        let (cluster, dir) = connect_with_plugin(&server, &text).await;
        let cluster = cluster.unwrap();
        list(&cluster).await.unwrap();
        list(&cluster).await.unwrap();
        assert_eq!(seen.lock().unwrap()[1].1, "Bearer fresh");
        assert_eq!(std::fs::read_to_string(dir.path().join("runs")).unwrap(), "run\n");
    }

    #[tokio::test]
    async fn a_plugin_that_fails_is_quoted_but_not_its_output() {
        let cases = [
            ("echo CANARY; echo no session >&2; exit 3", "it failed with exit status: 3: no session"),
            ("echo CANARY", "it printed no ExecCredential with a status"),
            ("echo '{\"status\":{}}'", "it delivered neither a token nor a client certificate with its key"),
        ];
        for (text, expected) in cases {
            let (result, _dir) = connect_with_plugin("http://127.0.0.1:1", text).await;
            let error = result.unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("CANARY"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_plugin_that_hangs_is_ended() {
        let dir = tempfile::tempdir().unwrap();
        let command = script(dir.path(), "exec sleep 600");
        let path = kubeconfig(dir.path(), "http://127.0.0.1:1", &user(&command));
        let options = Options { plugin: Duration::from_millis(100), ..Options::default() };
        let source = Source::Kubeconfig { path: Some(path), context: None };
        let error = Cluster::connect_with(&source, options).await.unwrap_err().to_string();
        assert!(error.contains("did not finish within 0.1 s"), "{error}");
    }

    #[tokio::test]
    async fn a_plugin_that_is_missing_names_the_path() {
        let dir = tempfile::tempdir().unwrap();
        let path = kubeconfig(dir.path(), "http://127.0.0.1:1", &user("no-such-plugin"));
        let error =
            Cluster::connect(&Source::Kubeconfig { path: Some(path), context: None }).await.unwrap_err();
        let error = error.to_string();
        for part in
            ["\"no-such-plugin\"", "is not in PATH", "command -v no-such-plugin", "{\"env\":{\"PATH\":"]
        {
            assert!(error.contains(part), "{error}");
        }
    }
}
