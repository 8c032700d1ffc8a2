//! What the documents promise, against the tree.

use crate::root;
use crate::tidy::all_sources;
use std::collections::BTreeSet;

fn read(name: &str) -> String {
    std::fs::read_to_string(root().join(name)).expect(name)
}

/// Every promise of SECURITY.md names tests, and they exist.
#[test]
fn every_promise_names_a_test_that_exists() {
    let mut tests = BTreeSet::new();
    for path in all_sources() {
        let text = std::fs::read_to_string(path).expect("UTF-8 text");
        tests.extend(text.lines().filter_map(|line| {
            let rest = line.trim().trim_start_matches("async ").strip_prefix("fn ")?;
            rest.split(['(', '<']).next().map(str::to_owned)
        }));
    }
    let text = read("SECURITY.md");
    let rows: Vec<&str> =
        text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| promise")).collect();
    assert!(rows.len() > 10, "the table was found");
    for row in rows {
        let named: Vec<&str> =
            row.rsplit('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "no test: {row}");
        for test in named {
            assert!(tests.contains(test), "{test} does not exist: {row}");
        }
    }
}

/// Files and folders that the documents link to exist.
#[test]
fn links_lead_somewhere() {
    for document in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"] {
        for target in read(document).split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let local = !target.starts_with("http") && !target.starts_with('#');
            assert!(!local || root().join(target).exists(), "{document} links to {target}");
        }
    }
}
