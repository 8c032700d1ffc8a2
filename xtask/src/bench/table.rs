//! Medians as a Markdown table.

use std::fmt::Write as _;

/// A figure, and what is asked of it.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: &'static str,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// The most it may be; none where nothing is asked.
    pub(crate) limit: Option<f64>,
    /// Ours, and the peer's: none where it could not be measured.
    pub(crate) values: [Option<f64>; 2],
}

impl Row {
    /// Whether ours is as asked.
    pub(crate) fn holds(&self) -> bool {
        self.limit.is_none_or(|limit| self.values[0].is_some_and(|value| value <= limit))
    }
}

/// The table, with the peer's columns only where there is one.
pub(crate) fn render(rows: &[Row], peer: bool) -> String {
    let mut out = String::from("| Median of | k8sgpt | asked |");
    out.push_str(if peer { " peer | peer / k8sgpt |\n|---|---|---|---|---|\n" } else { "\n|---|---|---|\n" });
    for row in rows {
        let [ours, theirs] = row.values;
        let asked = row.limit.map_or_else(String::new, |limit| {
            format!("≤ {limit} {} {}", row.unit, if row.holds() { "✓" } else { "✗" })
        });
        let _ = write!(out, "| {} | {} | {asked} |", row.name, shown(ours, row.unit));
        if peer {
            let ratio = ours.zip(theirs).filter(|(ours, _)| *ours > 0.0);
            let ratio =
                ratio.map_or_else(|| "–".to_owned(), |(ours, theirs)| format!("{:.1}", theirs / ours));
            let _ = write!(out, " {} | {ratio} |", shown(theirs, row.unit));
        }
        out.push('\n');
    }
    out
}

fn shown(value: Option<f64>, unit: &str) -> String {
    value.map_or_else(
        || "–".to_owned(),
        |value| if unit.is_empty() { format!("{value}") } else { format!("{value:.1} {unit}") },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_misses_is_marked() {
        let row =
            |value| Row { name: "start", unit: "ms", limit: Some(30.0), values: [Some(value), Some(90.0)] };
        let table = render(&[row(20.0), row(45.0)], true);
        assert!(table.contains("| start | 20.0 ms | ≤ 30 ms ✓ | 90.0 ms | 4.5 |"), "{table}");
        assert!(table.contains("| start | 45.0 ms | ≤ 30 ms ✗ | 90.0 ms | 2.0 |"), "{table}");
    }
}
