//! What an analysis of 10,000 pods costs, reading excluded: `cargo bench -p analyzers`.
#![allow(clippy::expect_used, reason = "a benchmark that cannot go on should stop")]

#[path = "../tests/support/simulated.rs"]
mod simulated;

use analyzers::{FilterSet, Finding, fold, rules_for, run};
use divan::Bencher;
use std::sync::OnceLock;
use view::View;

/// Namespaces of 250 pods each: the cluster that the project's figures speak of.
const NAMESPACES: usize = 40;

fn main() {
    divan::main();
}

fn cluster() -> &'static View {
    static CLUSTER: OnceLock<View> = OnceLock::new();
    CLUSTER.get_or_init(|| simulated::view(NAMESPACES))
}

fn findings() -> Vec<Finding> {
    run(cluster(), rules_for(&FilterSet::defaults())).findings
}

#[divan::bench]
fn rules(bencher: Bencher<'_, '_>) {
    let view = cluster();
    bencher.bench(|| run(view, rules_for(&FilterSet::defaults())));
}

#[divan::bench]
fn folding(bencher: Bencher<'_, '_>) {
    let view = cluster();
    bencher.with_inputs(findings).bench_values(|findings| fold(view, findings));
}

/// Which rule takes how long.
#[divan::bench(args = ids())]
fn rule(bencher: Bencher<'_, '_>, id: &str) {
    let view = cluster();
    bencher.bench(|| run(view, rules_for(&FilterSet::defaults()).filter(|(_, entry)| entry.id == id)));
}

fn ids() -> Vec<&'static str> {
    rules_for(&FilterSet::defaults()).map(|(_, entry)| entry.id).collect()
}
