use crate::fixture;
use crate::rules::fixtures;
use analyzers::{FilterSet, entries, filter_names, resolve_filter};
use std::collections::BTreeSet;
use std::path::Path;

fn files(folder: &Path, extension: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path, extension).into_iter().map(|file| format!("{name}/{file}")));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.insert(name);
        }
    }
    found
}

#[test]
fn files_registrations_and_fixtures_are_the_same_set() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let rules: BTreeSet<String> = files(&source, "rs")
        .into_iter()
        .filter(|f| !f.ends_with("/mod"))
        .map(|f| f.replace('_', "-"))
        .collect();
    let registered: Vec<String> = entries().map(|(_, entry)| entry.id.to_owned()).collect();
    assert_eq!(
        registered,
        rules.iter().cloned().collect::<Vec<_>>(),
        "ids are unique, sorted, and the files"
    );
    let written: BTreeSet<String> = files(&fixtures(), "md")
        .into_iter()
        .filter(|f| !f.starts_with("stories/"))
        .map(|f| f.replace('_', "-"))
        .collect();
    assert_eq!(written, rules);
}

#[test]
fn every_manual_has_its_headings_in_order() {
    let headings = ["What it finds", "Why it matters", "When it stays silent", "What to do"];
    for (_, entry) in entries() {
        assert!(entry.doc.starts_with("# "), "{} has no title", entry.id);
        let places: Vec<Option<usize>> =
            headings.iter().map(|h| entry.doc.find(&format!("\n## {h}\n"))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{}: {places:?}", entry.id);
        assert!(headings.iter().all(|h| !entry.section(h).is_empty()), "{} has an empty section", entry.id);
    }
}

#[test]
fn every_fixture_has_failing_and_healthy_cases() {
    for (_, entry) in entries() {
        let path = fixtures().join(format!("{}.md", entry.id.replace('-', "_")));
        let text = std::fs::read_to_string(&path).expect("a fixture");
        let cases = fixture::cases(&text, "findings");
        assert!(cases.iter().any(|c| c.is_healthy()), "{} has no healthy case", entry.id);
        assert!(cases.iter().any(|c| !c.is_healthy()), "{} has no failing case", entry.id);
    }
}

#[test]
fn findings_are_whole_sentences_with_a_remedy() {
    for (analyzer, entry) in entries() {
        let path = fixtures().join(format!("{}.md", entry.id.replace('-', "_")));
        let text = std::fs::read_to_string(&path).expect("a fixture");
        for case in fixture::cases(&text, "findings") {
            let mut out = analyzers::Findings::new(entry.id, analyzer.analyzer.filter, entry.rule.severity);
            (entry.rule.run)(&case.view, &mut out);
            for finding in out.iter() {
                let said = &finding.text;
                assert!(!said.ends_with('.'), "{said}");
                assert!(!finding.brief.is_empty(), "no brief: {said}");
                assert!(!finding.fix.is_empty(), "no fix: {said}");
            }
        }
    }
}

#[test]
fn filters_are_found_in_any_spelling() {
    for (filter, _) in filter_names() {
        let lower = filter.to_lowercase();
        for spelling in [filter.to_owned(), lower.clone(), lower.to_uppercase(), format!("{lower}s")] {
            assert_eq!(resolve_filter(&spelling).map_err(|e| e.given), Ok(filter), "{spelling}");
        }
    }
    assert_eq!(resolve_filter("Podd").expect_err("unknown").near, ["Pod"]);
    assert_eq!(FilterSet::explicit(["pods", "nope"]).1.len(), 1);
}
