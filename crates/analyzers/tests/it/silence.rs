//! What is known is hidden with what follows from it, and counted.

use crate::fixture::view_of;
use analyzers::{
    By, Cause, FilterSet, Glob, Hidden, Ignore, Related, Scope, Silence, fold, rules_for, run, select,
    silence,
};
use view::{ObjectRef, View};

/// Two pods of a Deployment and one alone lack a Secret; the Service of the former has no endpoint.
fn cluster(namespace: &str, deployment: &str, alone: &str) -> View {
    let pod = |name: &str, uid: &str, owner: &str, marks: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: prod, uid: {uid}, creationTimestamp: \"2026-01-01T00:10:00Z\", labels: {{app: web}}, {owner} annotations: {{{marks}}}}}, spec: {{nodeName: n1, containers: [{{name: main, image: web, envFrom: [{{secretRef: {{name: db}}}}]}}]}}, status: {{phase: Pending, conditions: [{{type: Ready, status: \"False\", lastTransitionTime: \"2026-01-01T00:10:05Z\"}}], containerStatuses: [{{name: main, ready: false, state: {{waiting: {{reason: CreateContainerConfigError, message: 'secret \"db\" not found'}}}}}}]}}}}\n"
        )
    };
    let owned =
        "ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, uid: r1, controller: true}],";
    let yaml = format!(
        "---\n{{apiVersion: v1, kind: Namespace, metadata: {{name: prod, annotations: {{{namespace}}}}}}}\n\
         ---\n{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web, namespace: prod, uid: d1, annotations: {{{deployment}}}}}, spec: {{replicas: 2}}, status: {{replicas: 2}}}}\n\
         ---\n{{apiVersion: apps/v1, kind: ReplicaSet, metadata: {{name: web-1, namespace: prod, uid: r1, ownerReferences: [{{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}}]}}, spec: {{replicas: 2}}, status: {{replicas: 2}}}}\n\
         ---\n{{apiVersion: v1, kind: Node, metadata: {{name: n1}}, status: {{conditions: [{{type: Ready, status: \"True\"}}]}}}}\n\
         {}{}{}",
        pod("web-1-a", "p1", owned, ""),
        pod("web-1-b", "p2", owned, ""),
        pod("alone", "p3", "", alone)
    );
    view_of(&yaml, "silence")
}

fn causes(view: &View) -> Vec<Cause> {
    let filters = FilterSet::defaults();
    let causes = fold(view, run(view, rules_for(&filters)).findings);
    select(view, causes, &Scope::default(), &filters)
}

fn quiet(view: &View, entries: Vec<Ignore>) -> (Vec<Cause>, Vec<Hidden>) {
    let filters = FilterSet::defaults();
    let scope = Scope::default();
    silence(view, causes(view), &Silence { entries }, |cause| scope.selects(view, cause, &filters))
}

fn entry(rule: &str) -> Ignore {
    Ignore { rule: Some(Glob::new(rule)), reason: "known".to_owned(), ..Ignore::default() }
}

const NODE: &str = "---\n{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {conditions: [{type: Ready, status: \"True\"}]}}\n";

const ALL: &str = "k8sgpt.ai/ignore: \"true\", k8sgpt.ai/ignore-reason: moving away";

#[test]
fn a_known_root_goes_with_all_that_it_explains() {
    let view = cluster("", "", "");
    let (shown, hidden) = quiet(&view, vec![entry("secret/*")]);
    assert!(shown.is_empty());
    assert_eq!((hidden.len(), hidden[0].by, hidden[0].reason.as_str()), (1, By::IgnoreFile, "known"));
    assert_eq!(hidden[0].cause.reach(), causes(&view)[0].reach(), "the hidden cause is whole");
}

#[test]
fn a_known_symptom_is_left_out_of_a_cause_that_stays() {
    let view = cluster("", "", "k8sgpt.ai/ignore: \"node/*, pod/container-config\"");
    let before = causes(&view);
    let (shown, hidden) = quiet(&view, Vec::new());
    assert!(hidden.is_empty());
    assert_eq!(shown[0].root.rule, "secret/missing");
    assert_eq!(shown[0].reach(), before[0].reach() - 1);
    assert!(shown[0].objects().iter().all(|object| object.name != "alone"));
    let counted = |cause: &Cause| cause.chain.iter().map(|link| link.count).sum::<usize>();
    assert_eq!(counted(&shown[0]), counted(&before[0]) - 1, "the chain counts without it");
    assert_eq!(shown[0].fingerprint(), before[0].fingerprint());
}

#[test]
fn annotations_count_on_the_owner_and_the_namespace() {
    let view = cluster("", ALL, "");
    let (shown, hidden) = quiet(&view, Vec::new());
    assert!(hidden.is_empty());
    let names: Vec<String> = shown[0].objects().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["Pod prod/alone", "Secret prod/db"], "the Deployment's own pods are left out");
    let (shown, hidden) = quiet(&cluster(ALL, "", ""), Vec::new());
    assert!(shown.is_empty());
    assert_eq!((hidden[0].by, hidden[0].reason.as_str()), (By::Annotation, "moving away"));
    for off in ["k8sgpt.ai/ignore: \"false\"", "k8sgpt.ai/ignore: \"\"", "k8sgpt.ai/ignore: service/*"] {
        assert_eq!(quiet(&cluster(off, "", ""), Vec::new()).1.len(), 0, "{off}");
    }
}

#[test]
fn something_missing_is_known_when_all_its_users_are() {
    let (shown, hidden) = quiet(&cluster("", ALL, ALL), Vec::new());
    assert!(shown.is_empty(), "{shown:?}");
    assert_eq!(hidden.len(), 1);
}

#[test]
fn entries_name_owners_too_and_every_field_must_fit() {
    let view = cluster("", "", "");
    let kind = |kind: &str| Some(kind.to_owned());
    let name = |name: &str| Some(Glob::new(name));
    let web = Ignore { kind: kind("Deployment"), name: name("web"), ..entry("pod/*") };
    let (shown, _) = quiet(&view, vec![web.clone()]);
    assert!(shown[0].objects().iter().all(|object| !object.name.starts_with("web-1-")), "{shown:?}");
    for misses in [
        Ignore { namespace: Some(Glob::new("dev-*")), ..web.clone() },
        Ignore { kind: kind("StatefulSet"), ..web.clone() },
        Ignore { name: name("we"), ..web.clone() },
        Ignore { rule: Some(Glob::new("node/*")), ..web },
    ] {
        let (shown, hidden) = quiet(&view, vec![misses.clone()]);
        assert_eq!((shown[0].reach(), hidden.len()), (causes(&view)[0].reach(), 0), "{misses:?}");
    }
}

#[test]
fn an_object_is_diagnosed_with_what_it_depends_on() {
    let view = cluster("", "", "");
    let concerned = |kind: &str, namespace: &str, name: &str| {
        let related = Related::of(&view, &ObjectRef::new(kind, namespace, name));
        let seen: usize = related.seen(&view).values().sum();
        (causes(&view).iter().filter(|cause| related.concerns(cause)).count(), seen)
    };
    assert_eq!(concerned("Deployment", "prod", "web"), (1, 4), "a set, two pods and their node");
    assert_eq!(concerned("Pod", "prod", "web-1-a"), (1, 3), "a set, a Deployment and a node");
    assert_eq!(concerned("Pod", "prod", "alone"), (1, 1));
    assert_eq!(concerned("Namespace", "", "prod"), (0, 0));
}

#[test]
fn a_fault_keeps_its_fingerprint_while_pods_come_and_go() {
    let pod = |name: &str, exit: i64| {
        format!(
            "---\n{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: prod, uid: {name}, creationTimestamp: \"2026-01-01T00:10:00Z\", ownerReferences: [{{apiVersion: apps/v1, kind: ReplicaSet, name: web-7d8b49557c, uid: r1, controller: true}}], labels: {{pod-template-hash: 7d8b49557c}}}}, spec: {{nodeName: n1, containers: [{{name: main, image: web}}]}}, status: {{phase: Running, containerStatuses: [{{name: main, ready: false, restartCount: {exit}, state: {{waiting: {{reason: CrashLoopBackOff}}}}, lastState: {{terminated: {{exitCode: 1, reason: Error}}}}}}]}}}}\n"
        )
    };
    let prints = |yaml: String| -> Vec<String> {
        causes(&view_of(&(yaml + NODE), "prints")).iter().map(Cause::fingerprint).collect()
    };
    let first = prints(pod("web-7d8b49557c-2xk8p", 7));
    assert_eq!(first.len(), 1);
    assert_eq!(first, prints(pod("web-7d8b49557c-zz9kq", 9) + &pod("web-7d8b49557c-bbbbb", 12)));
    assert_ne!(first, prints(pod("web-7d8b49557c-2xk8p", 7).replace("prod", "dev")));
}
