//! Filters select symptoms; rules of other kinds run when they may explain one.

use crate::fixture;
use crate::rules::fixtures;
use analyzers::{
    Cause, FilterSet, Findings, Scope, Severity, fold, kinds_needed, registered, rules_for, run, select,
};
use view::{Kind, ObjectRef, View};

/// The View of the first case of a story.
fn story(name: &str) -> View {
    let text = std::fs::read_to_string(fixtures().join("stories").join(name)).expect("a story");
    fixture::cases(&text, "causes").remove(0).view
}

fn roots(view: &View, filter: &str) -> Vec<String> {
    let (filters, unknown) = FilterSet::explicit([filter]);
    assert!(unknown.is_empty(), "{unknown:?}");
    let causes = fold(view, run(view, rules_for(&filters)).findings);
    let causes = select(view, causes, &Scope::default(), &filters);
    causes.iter().map(|cause| cause.root.object.to_string()).collect()
}

#[test]
fn whatever_filter_is_chosen_the_root_is_named() {
    let view = story("storage_class.md");
    for filter in ["Service", "Ingress", "StatefulSet", "Pod", "PersistentVolumeClaim"] {
        assert_eq!(roots(&view, filter), ["StorageClass fast-ssd"], "{filter}");
    }
    let view = story("missing_secret.md");
    for filter in ["Deployment", "Service", "Pod"] {
        let found = roots(&view, filter);
        assert!(found.len() == 1 && found[0].starts_with("Secret "), "{filter}: {found:?}");
    }
    assert_eq!(roots(&view, "Node"), Vec::<String>::new(), "nobody asked for what it breaks");
}

#[test]
fn what_may_explain_is_read_and_optional_kinds_are_not() {
    for filter in ["Service", "Ingress", "Deployment", "StatefulSet"] {
        let kinds = kinds_needed(&FilterSet::explicit([filter]).0);
        for kind in [Kind::Pod, Kind::PersistentVolumeClaim, Kind::StorageClass, Kind::Secret, Kind::Node] {
            assert!(kinds.contains(&kind), "{filter} needs {kind}");
        }
        let optional: Vec<_> = kinds.iter().filter(|kind| !kind.info().is_common()).collect();
        let own = analyzers::kinds_chosen(&FilterSet::explicit([filter]).0);
        assert!(optional.iter().all(|kind| own.contains(kind)), "{filter}: {optional:?}");
    }
}

#[test]
fn only_chosen_and_explaining_rules_run() {
    let (filters, _) = FilterSet::explicit(["Pod"]);
    for (analyzer, entry) in rules_for(&filters) {
        let asked = filters.contains(analyzer.analyzer.filter);
        assert!(asked || entry.rule.default, "{} speaks only when it is asked", entry.id);
        assert!(asked || analyzer.analyzer.default || analyzer.kind().is_some(), "{} is advice", entry.id);
    }
    assert!(registered().iter().any(|analyzer| analyzer.kind() == Some(Kind::Pod)));
}

/// Something worth knowing about a pod is no reason for its Deployment to be down.
#[test]
fn what_is_only_worth_knowing_explains_nothing() {
    let pod = ObjectRef::new("Pod", "prod", "web-1");
    let mut all = Findings::new("pod/restarting", "Pod", Severity::Info);
    all.on(pod.clone(), "could be better").brief("could be better").fix("x");
    let mut findings: Vec<_> = all.iter().cloned().collect();
    let mut all = Findings::new("deployment/unavailable", "Deployment", Severity::Error);
    let deployment = ObjectRef::new("Deployment", "prod", "web");
    all.on(deployment, "is down").brief("down").because(pod).fix("x");
    findings.extend(all.iter().cloned());
    let causes: Vec<Cause> = fold(&View::default(), findings);
    let roots: Vec<&str> = causes.iter().map(|cause| cause.root.rule).collect();
    assert_eq!(roots, ["deployment/unavailable", "pod/restarting"]);
}
