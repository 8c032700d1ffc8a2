use view::{PodSpec, references};

const SPEC: &str = r#"{
  "serviceAccountName": "robot",
  "imagePullSecrets": [{"name": "registry"}, {"name": ""}],
  "volumes": [
    {"name": "plain", "configMap": {"name": "cm-plain", "items": [{"key": "a", "path": "x"}, {"key": "b", "path": "y"}]}},
    {"name": "sealed", "secret": {"secretName": "s-plain", "optional": true}},
    {"name": "mix", "projected": {"sources": [{"configMap": {"name": "cm-proj"}}, {"secret": {"name": "s-proj"}}, {"serviceAccountToken": {"path": "t"}}]}},
    {"name": "disk", "persistentVolumeClaim": {"claimName": "pvc"}},
    {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
    {"name": "vault", "csi": {"driver": "x", "nodePublishSecretRef": {"name": "s-csi"}}},
    {"name": "host", "hostPath": {"path": "/"}}],
  "initContainers": [{"name": "init", "envFrom": [{"configMapRef": {"name": "cm-init"}}]}],
  "containers": [{"name": "web", "env": [
    {"name": "A", "value": "x"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s-env", "key": "k"}}},
    {"name": "C", "valueFrom": {"configMapKeyRef": {"name": "cm-env", "key": "k", "optional": true}}},
    {"name": "D", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}],
  "ephemeralContainers": [{"name": "debug", "envFrom": [{"secretRef": {"name": "s-debug"}}]}]
}"#;

#[test]
fn one_walker_finds_every_reference() {
    let spec: PodSpec = serde_json::from_str(SPEC).expect("a pod spec");
    let seen: Vec<String> = references(&spec, "p")
        .iter()
        .map(|r| {
            let key = r.key.as_ref().map(|k| format!("[{k}]")).unwrap_or_default();
            let mark = if r.optional {
                "?"
            } else if r.pull_secret {
                "!"
            } else {
                ""
            };
            format!("{} {}{key}{mark} <- {}", r.kind, r.name, r.place)
        })
        .collect();
    assert_eq!(
        seen,
        [
            "ConfigMap cm-plain[a] <- volume plain",
            "ConfigMap cm-plain[b] <- volume plain",
            "Secret s-plain? <- volume sealed",
            "ConfigMap cm-proj <- volume mix",
            "Secret s-proj <- volume mix",
            "PersistentVolumeClaim pvc <- volume disk",
            "PersistentVolumeClaim p-scratch <- volume scratch",
            "Secret s-csi <- volume vault",
            "ConfigMap cm-init <- container init envFrom",
            "Secret s-env[k] <- container web env B",
            "ConfigMap cm-env[k]? <- container web env C",
            "Secret s-debug <- container debug envFrom",
            "Secret registry! <- imagePullSecrets",
            "ServiceAccount robot <- serviceAccountName",
        ]
    );
}
