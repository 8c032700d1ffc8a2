//! Folding is a pure function: no finding is lost, and the order of the input does not matter.

use analyzers::{Analyzer, Cause, Entry, Finding, Findings, Registered, Rule, Severity, fold, run};
use proptest::prelude::*;
use std::collections::BTreeSet;
use view::{ObjectRef, View};

fn object(n: usize) -> ObjectRef {
    ObjectRef::new(if n.is_multiple_of(2) { "Pod" } else { "Service" }, "ns", format!("o{n}"))
}

fn findings(edges: &[(usize, usize)], objects: usize) -> Vec<Finding> {
    let mut out = Findings::new("pod/image-pull", "Pod", Severity::Error);
    for n in 0..objects {
        let because = edges.iter().filter(|(from, _)| *from == n).map(|(_, to)| object(*to));
        out.on(object(n), format!("fault number {n}"))
            .brief("broken")
            .same(format!("{n}"))
            .because_all(because)
            .fix("x");
    }
    out.iter().cloned().collect()
}

fn printed(causes: &[Cause]) -> Vec<String> {
    causes
        .iter()
        .map(|cause| {
            let steps: Vec<String> =
                cause.chain.iter().map(|link| format!("{} x{}", link.object, link.count)).collect();
            format!("{} [{}] {}", cause.root.text, cause.same.len(), steps.join(" → "))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_does_not_matter_and_nothing_is_lost(
        objects in 1usize..9,
        edges in proptest::collection::vec((0usize..9, 0usize..9), 0..16),
        seed in any::<u64>(),
    ) {
        let edges: Vec<_> = edges.into_iter().filter(|(a, b)| *a < objects && *b < objects).collect();
        let all = findings(&edges, objects);
        let mut shuffled = all.clone();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let view = View::default();
        let causes = fold(&view, all);
        prop_assert_eq!(printed(&causes), printed(&fold(&view, shuffled)));
        let named: BTreeSet<String> = causes.iter().flat_map(Cause::findings).map(|f| f.object.to_string()).collect();
        prop_assert_eq!(named.len(), objects, "every object is in some cause");
    }
}

fn panics(_: &View, _: &mut Findings) {
    panic!("a rule with a defect");
}

fn speaks(_: &View, out: &mut Findings) {
    out.on(object(0), "is broken");
}

#[test]
fn a_rule_that_panics_loses_its_own_findings_and_nothing_else() {
    static BROKEN: Rule = Rule {
        needs: &[],
        severity: Severity::Error,
        since: "0",
        default: true,
        yields_to: &[],
        run: panics,
    };
    static SOUND: Rule = Rule { run: speaks, ..BROKEN };
    static ANALYZER: Analyzer = Analyzer { filter: "Pod", aliases: &[], default: true };
    static BOTH: Registered = Registered { folder: "pod", analyzer: &ANALYZER, rules: &[] };
    static ENTRIES: [Entry; 2] = [
        Entry { id: "pod/broken", doc: "", rule: &BROKEN },
        Entry { id: "pod/sound", doc: "", rule: &SOUND },
    ];
    let outcome = run(&View::default(), ENTRIES.iter().map(|entry| (&BOTH, entry)));
    assert_eq!((outcome.findings.len(), outcome.failed), (1, vec!["pod/broken"]));
}
