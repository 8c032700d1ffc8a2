//! What an analysis of 10,000 pods costs, reading excluded, and what one fault with very many symptoms does:
//! `cargo bench -p analyzers`.
#![allow(clippy::expect_used, reason = "a benchmark that cannot go on should stop")]

#[path = "../tests/support/many.rs"]
mod many;
#[path = "../tests/support/simulated.rs"]
mod simulated;

use analyzers::{FilterSet, Finding, fold, rules_for, run, wanted_logs};
use divan::Bencher;
use std::sync::OnceLock;
use view::{Kind, Rows, Status, View};

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

/// As one analysis finds the View: indexes that are made on demand are still to be made.
#[divan::bench]
fn rules(bencher: Bencher<'_, '_>) {
    let fresh = || cluster().clone().with(Rows::empty(Kind::EKSCluster), Status::NotRead);
    bencher.with_inputs(fresh).bench_refs(|view| run(view, rules_for(&FilterSet::defaults())));
}

/// The same once the indexes are there.
#[divan::bench]
fn rules_again(bencher: Bencher<'_, '_>) {
    let view = cluster();
    bencher.bench(|| run(view, rules_for(&FilterSet::defaults())));
}

#[divan::bench]
fn folding(bencher: Bencher<'_, '_>) {
    let view = cluster();
    bencher.with_inputs(findings).bench_values(|findings| fold(view, findings));
}

#[divan::bench]
fn choosing_logs(bencher: Bencher<'_, '_>) {
    let view = cluster();
    bencher.with_inputs(findings).bench_refs(|findings| wanted_logs(view, findings));
}

/// 10,000 pods and 40 Services suffer from one node.
#[divan::bench]
fn folding_symptoms_of_one_root(bencher: Bencher<'_, '_>) {
    let findings = || many::pods_of_a_node(10_000);
    bencher.with_inputs(findings).bench_values(|findings| fold(&View::default(), findings));
}

/// 1,000 clients of a Service with 1,000 pods that crash, each a root of its own.
#[divan::bench]
fn folding_many_by_many(bencher: Bencher<'_, '_>) {
    let findings = || many::clients_of_crashing_pods(1_000);
    bencher.with_inputs(findings).bench_values(|findings| fold(&View::default(), findings));
}

/// 3,000 pods wait for one Secret: rules and folding.
#[divan::bench]
fn pods_of_one_secret(bencher: Bencher<'_, '_>) {
    let view = many::pods_without_their_secret(3_000);
    bencher.bench(|| fold(&view, run(&view, rules_for(&FilterSet::defaults())).findings));
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
