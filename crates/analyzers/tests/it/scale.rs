//! One fault with very many symptoms stays one cause. What that takes is measured by `cargo bench -p analyzers`.

use crate::many;
use analyzers::{Cause, FilterSet, fold, rules_for, run};
use view::View;

#[test]
fn thousands_of_symptoms_of_one_root_are_one_cause() {
    let causes = fold(&View::default(), many::pods_of_a_node(2_000));
    assert_eq!(causes.len(), 1);
    assert_eq!(causes[0].reach(), 2_041);
    let steps: Vec<usize> = causes[0].chain.iter().map(|link| link.count).collect();
    assert_eq!(steps, [2_000, many::SERVICES]);
}

#[test]
fn many_roots_of_one_owner_under_many_symptoms() {
    let causes = fold(&View::default(), many::clients_of_crashing_pods(200));
    // The crashing pods have no owner in an empty View, so each is a fault of its own.
    assert_eq!(causes.len(), 200);
    assert!(causes.iter().all(|cause| cause.symptoms.len() == 201));
}

/// The whole way from objects.
#[test]
fn a_missing_secret_of_many_pods_is_one_cause() {
    let view = many::pods_without_their_secret(600);
    let findings = run(&view, rules_for(&FilterSet::defaults())).findings;
    let again = findings.clone();
    let causes = fold(&view, findings);
    let roots: Vec<&str> = causes.iter().map(|cause| cause.root.rule).collect();
    assert_eq!(roots, ["secret/missing"], "{:?}", causes.iter().map(|c| &c.root.text).collect::<Vec<_>>());
    assert_eq!(causes[0].root.object.to_string(), "Secret prod/db");
    assert!(causes[0].reach() >= 600);
    assert_eq!(causes[0].began().map(|time| time.to_string()).as_deref(), Some("2026-01-01T00:10:00Z"));
    let text = |causes: &[Cause]| format!("{causes:?}");
    assert_eq!(
        text(&causes),
        text(&fold(&view, again.into_iter().rev().collect())),
        "same findings, same bytes"
    );
}
