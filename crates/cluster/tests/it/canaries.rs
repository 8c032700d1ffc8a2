//! Secrets planted wherever people put them: none may come out, through any call, nor into a file.

use std::io::Read;

use cluster::{Cluster, ListQuery, LogQuery, SaveOptions, Source};

/// `CANARY` in base64, as Secret data has it.
const ENCODED: &str = "Q0FOQVJZ";

const OBJECTS: &str = r#"
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {name: opaque, namespace: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"data":{"p":"CANARY"}}'}}
  data: {password: Q0FOQVJZ}
  stringData: {plain: CANARY}
- {apiVersion: v1, kind: Secret, metadata: {name: sh.helm.release.v1.x.v1, namespace: a}, type: helm.sh/release.v1, data: {release: Q0FOQVJZQ0FOQVJZ}}
- {apiVersion: v1, kind: Secret, metadata: {name: sa, namespace: a}, type: kubernetes.io/service-account-token, data: {token: Q0FOQVJZ}}
- {apiVersion: v1, kind: Secret, metadata: {name: odd, namespace: a}, data: [CANARY]}
- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web
    namespace: a
    managedFields: [{manager: CANARY}]
    annotations:
      kubectl.kubernetes.io/last-applied-configuration: '{"env":"CANARY"}'
      kapp.k14s.io/original: CANARY
      objectset.rio.cattle.io/applied: CANARY
  spec:
    template:
      spec:
        initContainers: [{name: i, env: [{name: aws_secret_access_key, value: CANARY}]}]
        containers:
        - name: web
          env:
          - {name: DB_PASSWORD, value: CANARY}
          - {name: AWS_ACCESS_KEY_ID, value: CANARY}
          - {name: GITHUB_TOKEN, value: CANARY}
          - {name: AZURE_CONNECTION_STRING, value: CANARY}
          - {name: DATABASE_URL, value: "postgres://app:CANARY@db/x"}
          - {name: OPTIONS, value: "Server=db;Password=CANARY"}
          args: ["--api-key=CANARY", "--client-secret", "CANARY", "--url=https://u:CANARY@h/"]
          command: [sh, -c, "curl -H x?token=CANARY"]
- apiVersion: batch/v1
  kind: CronJob
  metadata: {name: c, namespace: a}
  spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, env: [{name: TOKEN, value: CANARY}]}]}}}}}
- apiVersion: v1
  kind: ConfigMap
  metadata: {name: files, namespace: a}
  data:
    key.pem: "-----BEGIN EC PRIVATE KEY-----\nCANARY\n-----END EC PRIVATE KEY-----\n"
    app.properties: "spring.datasource.password=CANARY\nport=1"
    app.json: '{"apiKey": "CANARY"}'
- apiVersion: v1
  kind: Event
  metadata: {name: e, namespace: a}
  message: 'dial postgres://u:CANARY@h failed'
- {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: a}, spec: {containers: [{name: c}]}}
"#;

#[tokio::test]
async fn none_comes_out() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("objects.yaml"), OBJECTS).unwrap();
    let logs = dir.path().join("logs/a/p");
    std::fs::create_dir_all(&logs).unwrap();
    std::fs::write(logs.join("c.log"), "login password=CANARY ok\n{\"token\":\"CANARY\"}\n").unwrap();
    let recording = Cluster::connect(&Source::Snapshot(dir.path().to_owned())).await.unwrap();
    let saved = dir.path().join("saved.tar.gz");
    recording.save_snapshot(&saved, &SaveOptions::default(), |_, _| {}).await.unwrap();
    let copy = Cluster::connect(&Source::Snapshot(saved.clone())).await.unwrap();
    for cluster in [recording, copy] {
        let mut everything = String::new();
        for resource in cluster.resources().await.unwrap().iter() {
            for item in cluster.list(&ListQuery::all(resource.clone())).await.unwrap().items {
                let name = item["metadata"]["name"].as_str().unwrap();
                let single = cluster.get(resource, Some("a"), name).await.unwrap();
                everything.push_str(&format!("{item}\n{single}\n"));
            }
        }
        let log = LogQuery { namespace: "a".to_owned(), pod: "p".to_owned(), ..LogQuery::default() };
        everything.push_str(&cluster.logs(&log).await.unwrap().text);
        assert!(everything.contains("app.properties") && everything.contains("login"), "the rest is there");
        for line in everything.lines() {
            assert!(!line.contains("CANARY") && !line.contains(ENCODED), "{line}");
        }
    }
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&saved).unwrap();
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("CANARY") && !text.contains(ENCODED));
}
