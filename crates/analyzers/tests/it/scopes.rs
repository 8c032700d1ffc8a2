//! What is reported of what was folded.

use crate::fixture::view_of;
use analyzers::{FilterSet, Scope, fold, rules_for, run, select};

fn reported(yaml: &str, filters: &FilterSet, scope: &Scope) -> Vec<String> {
    let view = view_of(yaml, "scope");
    let causes = fold(&view, run(&view, rules_for(filters)).findings);
    select(&view, causes, scope, filters).into_iter().map(|cause| cause.root.text).collect()
}

const CRON: &str = r#"
{apiVersion: batch/v1, kind: CronJob, metadata: {name: backup, namespace: prod}, spec: {schedule: "0 3 * * *", jobTemplate: {spec: {template: {spec: {containers: [{name: main, envFrom: [{secretRef: {name: s3}}]}]}}}}}}
"#;

fn running(owner: &str, kind: &str) -> String {
    format!(
        r#"
not_read: [Node]
---
{{apiVersion: v1, kind: Pod, metadata: {{name: {owner}-a, namespace: prod, creationTimestamp: "2026-01-01T00:10:00Z", labels: {{app: web}}, ownerReferences: [{{apiVersion: apps/v1, kind: {kind}, name: {owner}, uid: u1, controller: true}}]}}, spec: {{nodeName: node1, imagePullSecrets: [{{name: registry}}], containers: [{{name: main}}]}}, status: {{phase: Running, conditions: [{{type: Ready, status: "True"}}], containerStatuses: [{{name: main, ready: true, state: {{running: {{}}}}}}]}}}}
"#
    )
}

#[test]
fn a_missing_object_speaks_for_those_that_it_will_hurt() {
    let all = FilterSet::defaults();
    let everywhere = Scope::default();
    assert_eq!(
        reported(CRON, &all, &everywhere),
        ["Secret prod/s3 does not exist; CronJob prod/backup needs it"]
    );
    let (nodes, _) = FilterSet::explicit(["Node"]);
    assert!(reported(CRON, &nodes, &everywhere).is_empty(), "nobody asked for CronJobs");
    let elsewhere = Scope { namespace: Some("other".to_owned()), ..Scope::default() };
    assert!(reported(CRON, &all, &elsewhere).is_empty());
}

#[test]
fn a_pull_secret_that_nobody_misses_is_reported_for_daemon_sets_alone() {
    let all = FilterSet::defaults();
    assert_eq!(reported(&running("web-1", "ReplicaSet"), &all, &Scope::default()), Vec::<String>::new());
    let said = reported(&running("agent", "DaemonSet"), &all, &Scope::default());
    assert_eq!(said, ["Secret prod/registry does not exist; DaemonSet prod/agent needs it"]);
}
