//! Folding stays near linear: one root with thousands of symptoms costs milliseconds.
//!
//! The bounds are wide because tests run unoptimised and side by side; `cargo test --release -p analyzers
//! scale -- --nocapture` prints what it takes.

use crate::fixture::view_of;
use analyzers::{Cause, FilterSet, Finding, Findings, Severity, fold, rules_for, run};
use std::time::{Duration, Instant};
use view::{ObjectRef, View};

/// Time that this thread has spent computing, where the system tells: a busy machine makes nothing slow.
fn spent() -> Option<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

fn timed(what: &str, bound: Duration, work: impl FnOnce() -> Vec<Cause>) -> Vec<Cause> {
    let (started, before) = (Instant::now(), spent());
    let causes = work();
    let took = before.zip(spent()).map_or(started.elapsed(), |(before, after)| after - before);
    eprintln!("{what}: {took:?}");
    assert!(took < bound, "{what}: {took:?}");
    causes
}

fn pod(n: usize) -> ObjectRef {
    ObjectRef::new("Pod", format!("team-{:02}", n % 40), format!("web-{n}-abcde"))
}

fn listed(out: &Findings) -> Vec<Finding> {
    out.iter().cloned().collect()
}

#[test]
fn ten_thousand_symptoms_of_one_root() {
    let node = ObjectRef::new("Node", "", "node-1");
    let mut all = Findings::new("node/not-ready", "Node", Severity::Critical);
    all.on(node.clone(), "is not ready").brief("not ready").fix("x");
    let mut all = listed(&all);
    let mut pods = Findings::new("pod/node-lost", "Pod", Severity::Error);
    for n in 0..10_000 {
        let finding = pods.on(pod(n), "is on a node that is not ready");
        finding.brief("on a node that is not ready").because(node.clone()).fix("x");
    }
    all.extend(listed(&pods));
    let mut services = Findings::new("service/no-endpoints", "Service", Severity::Error);
    for n in 0..40 {
        let object = ObjectRef::new("Service", format!("team-{n:02}"), "web");
        let behind = (0..10_000).filter(|pod| pod % 40 == n).map(pod);
        services.on(object, "has no endpoints").brief("no endpoints").because_all(behind).fix("x");
    }
    all.extend(listed(&services));
    let causes = timed("10,000 pods of a node", Duration::from_secs(5), || fold(&View::default(), all));
    assert_eq!(causes.len(), 1);
    assert_eq!(causes[0].reach(), 10_041);
    let steps: Vec<usize> = causes[0].chain.iter().map(|link| link.count).collect();
    assert_eq!(steps, [10_000, 40]);
}

/// A thousand clients wait for a Service whose thousand pods crash: a circle-free net of a million ways.
#[test]
fn many_roots_of_one_owner_under_many_symptoms() {
    let service = ObjectRef::new("Service", "prod", "api");
    let back = |n: usize| ObjectRef::new("Pod", "prod", format!("api-{n}"));
    let mut all = Findings::new("pod/crash-loop", "Pod", Severity::Error);
    for n in 0..1_000 {
        all.on(back(n), "crashes").brief("crash-looping").same("api").fix("x");
    }
    let mut all = listed(&all);
    let mut services = Findings::new("service/no-endpoints", "Service", Severity::Error);
    services
        .on(service.clone(), "has no endpoints")
        .brief("no endpoints")
        .because_all((0..1_000).map(back))
        .fix("x");
    all.extend(listed(&services));
    let mut clients = Findings::new("pod/init-waiting", "Pod", Severity::Error);
    for n in 0..1_000 {
        clients.on(pod(n), "waits").brief("waits").because(service.clone()).fix("x");
    }
    all.extend(listed(&clients));
    let causes = timed("1,000 by 1,000", Duration::from_secs(30), || fold(&View::default(), all));
    // The crashing pods have no owner in an empty View, so each is a fault of its own.
    assert_eq!(causes.len(), 1_000);
    assert!(causes.iter().all(|cause| cause.symptoms.len() == 1_001));
}

/// The whole way from objects: 3,000 pods of 30 Deployments need one Secret that does not exist.
#[test]
fn a_missing_secret_of_three_thousand_pods_is_one_cause() {
    let mut yaml = String::new();
    for n in 0..3_000 {
        let owner = n % 30;
        yaml.push_str(&format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: web-{owner}-{n}, namespace: prod, uid: p{n}, creationTimestamp: \"2026-01-01T00:10:00Z\", labels: {{app: web-{owner}}}, ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: web-{owner}-1, uid: r{owner}, controller: true}}]}}, spec: {{nodeName: node1, containers: [{{name: main, image: web, envFrom: [{{secretRef: {{name: db}}}}]}}]}}, status: {{phase: Pending, conditions: [{{type: Ready, status: \"False\", lastTransitionTime: \"2026-01-01T00:10:00Z\"}}], containerStatuses: [{{name: main, ready: false, state: {{waiting: {{reason: CreateContainerConfigError, message: 'secret \"db\" not found'}}}}}}]}}}}\n"
        ));
    }
    for owner in 0..30 {
        yaml.push_str(&format!(
            "---\n{{apiVersion: apps/v1, kind: ReplicaSet, metadata: {{name: web-{owner}-1, namespace: prod, uid: r{owner}, ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: web-{owner}, uid: d{owner}, controller: true}}]}}, spec: {{replicas: 100}}, status: {{replicas: 100}}}}\n---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web-{owner}, namespace: prod, uid: d{owner}, generation: 1, creationTimestamp: \"2026-01-01T00:10:00Z\"}}, spec: {{replicas: 100, selector: {{matchLabels: {{app: web-{owner}}}}}}}, status: {{observedGeneration: 1, replicas: 100, updatedReplicas: 100, unavailableReplicas: 100, conditions: [{{type: Available, status: \"False\", reason: MinimumReplicasUnavailable, lastTransitionTime: \"2026-01-01T00:10:00Z\"}}, {{type: Progressing, status: \"False\", reason: ProgressDeadlineExceeded, lastTransitionTime: \"2026-01-01T00:20:00Z\"}}]}}}}\n"
        ));
    }
    yaml.push_str("---\n{apiVersion: v1, kind: Node, metadata: {name: node1}, status: {conditions: [{type: Ready, status: \"True\"}]}}\n");
    let view = view_of(&yaml, "scale");
    let started = Instant::now();
    let findings = run(&view, rules_for(&FilterSet::defaults())).findings;
    eprintln!("rules: {:?}, {} findings", started.elapsed(), findings.len());
    let again = findings.clone();
    let causes = timed("3,000 pods of a Secret", Duration::from_secs(5), || fold(&view, findings));
    let roots: Vec<&str> = causes.iter().map(|cause| cause.root.rule).collect();
    assert_eq!(roots, ["secret/missing"], "{:?}", causes.iter().map(|c| &c.root.text).collect::<Vec<_>>());
    assert_eq!(causes[0].root.object.to_string(), "Secret prod/db");
    assert!(causes[0].reach() >= 3_000);
    assert_eq!(causes[0].began().map(|time| time.to_string()).as_deref(), Some("2026-01-01T00:10:00Z"));
    let text = |causes: &[Cause]| format!("{causes:?}");
    assert_eq!(
        text(&causes),
        text(&fold(&view, again.into_iter().rev().collect())),
        "same findings, same bytes"
    );
}
