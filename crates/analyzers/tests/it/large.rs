use crate::simulated;
use analyzers::{FilterSet, fold, rules_for, run};

#[test]
fn every_fault_of_many_namespaces_is_one_cause() {
    let view = simulated::view(3);
    let outcome = run(&view, rules_for(&FilterSet::defaults()));
    assert_eq!(outcome.failed, Vec::<&str>::new());
    let causes = fold(&view, outcome.findings);
    let said: Vec<&str> = causes.iter().map(|cause| cause.root.text.as_str()).collect();
    assert_eq!(causes.len(), 9, "{said:#?}");
    for (rule, count) in [("pod/crash-loop", 10), ("pod/unschedulable", 10), ("service/no-endpoints", 1)] {
        let of_rule: Vec<usize> =
            causes.iter().filter(|c| c.root.rule == rule).map(|c| 1 + c.same.len()).collect();
        assert_eq!(of_rule, [count; 3], "{rule}");
    }
}
