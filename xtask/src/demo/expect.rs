//! The states a recording waits for, read from the tables of `demo/FAULTS.md`.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::kubectl::Kubectl;

/// One row: what `kubectl get` must give.
#[derive(Debug, PartialEq)]
pub(crate) struct Expectation {
    object: String,
    get: String,
    path: String,
    wanted: String,
    stopped_node: bool,
}

impl Expectation {
    /// An expectation outside the tables.
    pub(crate) fn new(object: &str, get: &str, path: &str, wanted: &str) -> Self {
        let own = str::to_owned;
        Self { object: own(object), get: own(get), path: own(path), wanted: own(wanted), stopped_node: false }
    }

    /// Whether this row describes the node that stops: it holds only at the end.
    pub(crate) fn is_about_stopped_node(&self) -> bool {
        self.stopped_node
    }

    /// Whether this text, the JSONPath's result, satisfies the row.
    fn holds(&self, found: &str) -> bool {
        match self.wanted.strip_prefix(">= ").map(str::parse::<u64>) {
            Some(Ok(least)) => found.split_whitespace().filter_map(|n| n.parse().ok()).max() >= Some(least),
            _ => found.contains(&self.wanted),
        }
    }
}

/// Reads the rows of all tables of a Markdown text.
pub(crate) fn parse(markdown: &str) -> Result<Vec<Expectation>> {
    let mut rows = Vec::new();
    let mut stopped_node = false;
    for line in markdown.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            stopped_node = heading == "The node that stops";
        } else if line.starts_with("| ") && line.contains('`') {
            rows.push(Expectation { stopped_node, ..row(line)? });
        }
    }
    if rows.is_empty() { Err(Error::Other("the table of expectations is empty".into())) } else { Ok(rows) }
}

fn row(line: &str) -> Result<Expectation> {
    let cells: Vec<_> = line.trim_matches('|').split(" | ").map(|c| c.trim().trim_matches('`')).collect();
    match cells[..] {
        [object, get, path, wanted, _] => Ok(Expectation::new(object, get, path, wanted)),
        _ => Err(Error::Other(format!("row has {} cells, wants 5: {line}", cells.len()))),
    }
}

/// Waits until all expectations hold in one pass. Tells on stderr how many are still missing.
pub(crate) fn wait(kubectl: &Kubectl, what: &str, expected: &[Expectation], limit: Duration) -> Result<()> {
    let start = Instant::now();
    loop {
        let missing: Vec<_> = expected.iter().filter_map(|e| unmet(kubectl, e)).collect();
        let elapsed = start.elapsed().as_secs();
        if missing.is_empty() {
            eprintln!("{elapsed:>4} s  {what}: reached");
            return Ok(());
        }
        eprintln!("{elapsed:>4} s  {what}: {} of {} missing", missing.len(), expected.len());
        if start.elapsed() > limit {
            let missing = missing.join("\n");
            return Err(Error::Deadline { what: what.into(), seconds: limit.as_secs(), missing });
        }
        std::thread::sleep(Duration::from_secs(2));
    }
}

fn unmet(kubectl: &Kubectl, expected: &Expectation) -> Option<String> {
    let found = kubectl.jsonpath(&expected.get, &expected.path);
    let Expectation { object, get, path, wanted, .. } = expected;
    (!expected.holds(&found)).then(|| format!("{object}: {get} {path} gives {found:?}, wants {wanted:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_headings_are_not() {
        let text = "| object | read | a | b | c |\n|---|---|---|---|---|\n| ns/a | `pod a` | `{.x}` | `>= 4` | why `b` |\n";
        let rows = parse(text).unwrap();
        assert_eq!(rows, [Expectation::new("ns/a", "pod a", "{.x}", ">= 4")]);
        assert!(parse("| a | `b` |").is_err(), "a row with too few cells is named");
        assert!(parse("nothing").is_err(), "no row at all would wait for nothing");
    }

    #[test]
    fn a_row_holds_by_text_or_by_greatest_number() {
        let number = Expectation::new("", "", "", ">= 4");
        assert!(number.holds("1 7 2") && !number.holds("3 3") && !number.holds(""));
        let text = Expectation::new("", "", "", "OOMKilled");
        assert!(text.holds("Error OOMKilled") && !text.holds("Error"));
    }

    #[test]
    fn the_table_of_this_project_is_read() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../demo/FAULTS.md");
        assert!(parse(&std::fs::read_to_string(path).unwrap()).unwrap().len() > 40);
    }
}
