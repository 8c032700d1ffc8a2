use crate::fixture;
use analyzers::{Cause, FilterSet, Finding, Findings, entries, fold, rules_for, run};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use view::View;

pub fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Every rule says in each case of its fixture exactly what stands there. `UPDATE_FIXTURES=1` rewrites.
#[test]
fn every_rule_agrees_with_its_fixture() {
    let mut problems = String::new();
    for (analyzer, entry) in entries() {
        let path = fixtures().join(format!("{}.md", entry.id.replace('-', "_")));
        let render = |view: &View| {
            let mut out = Findings::new(entry.id, analyzer.analyzer.filter, entry.rule.severity);
            (entry.rule.run)(view, &mut out);
            out.iter().map(print_finding).collect::<String>()
        };
        if let Err(problem) = fixture::check(&path, "findings", render) {
            problems.push_str(&problem);
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

/// Whole stories: every default rule over one cluster, folded.
#[test]
fn stories_fold_into_their_causes() {
    let mut problems = String::new();
    for entry in std::fs::read_dir(fixtures().join("stories")).expect("fixtures/stories") {
        let path = entry.expect("a file").path();
        let render = |view: &View| {
            let outcome = run(view, rules_for(&FilterSet::defaults()));
            assert!(outcome.failed.is_empty(), "{:?}", outcome.failed);
            fold(view, outcome.findings).iter().map(print_cause).collect::<String>()
        };
        if let Err(problem) = fixture::check(&path, "causes", render) {
            problems.push_str(&problem);
        }
    }
    assert!(problems.is_empty(), "{problems}");
}

fn print_finding(finding: &Finding) -> String {
    let mut out = format!("{}\n", finding.text);
    let _ = writeln!(out, "  brief: {}", finding.brief);
    for evidence in &finding.evidence {
        let _ = writeln!(out, "  {}: {}", evidence.source, evidence.text);
    }
    for object in &finding.because {
        let _ = writeln!(out, "  because: {object}");
    }
    for step in &finding.fix {
        let _ = writeln!(out, "  fix: {step}");
    }
    out
}

fn print_cause(cause: &Cause) -> String {
    let mut out = format!("{} [{}]\n", cause.root.text, cause.root.rule);
    if !cause.same.is_empty() {
        let owner = cause.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
        let _ = writeln!(out, "  and {} more{owner}", cause.same.len());
    }
    for link in &cause.chain {
        let more = if link.count > 1 { format!(" and {} more", link.count - 1) } else { String::new() };
        let _ = writeln!(out, "  → {}{more}: {} [{}]", link.object, link.brief, link.rule);
    }
    out
}
