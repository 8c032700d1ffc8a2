//! A report as people and programs read it.

mod markdown;
mod text;

pub use markdown::markdown;
pub use text::{TextOptions, text};

use crate::Report;

/// The JSON document, indented by two spaces.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(report)
}

/// The same document as YAML.
pub fn yaml(report: &Report) -> Result<String, serde_saphyr::ser::Error> {
    serde_saphyr::to_string(report)
}

/// `1,234,567`.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 request`, `31 requests`, with thousands grouped.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(number))
}

/// `12 objects · 3 requests · 0.4 s`.
pub(crate) fn run_line(report: &Report) -> String {
    let requests = usize::try_from(report.run.requests).unwrap_or(usize::MAX);
    let seconds = report.run.elapsed_ms as f64 / 1000.0;
    let seconds = if seconds < 0.1 { format!("{seconds:.2}") } else { format!("{seconds:.1}") };
    format!("{} · {} · {seconds} s", counted(report.run.objects, "object"), counted(requests, "request"))
}

/// The first line: how many causes explain how many objects.
pub(crate) fn headline(report: &Report) -> String {
    if report.causes.is_empty() {
        return "No problems detected".to_owned();
    }
    let causes = counted(report.causes.len(), "root cause");
    let verb = if report.causes.len() == 1 { "explains" } else { "explain" };
    format!("{causes} {verb} {}", counted(report.affected_objects, "affected object"))
}

/// `Pod prod/db-0 pending`, with the number of those that stand at the same step.
pub(crate) fn step(affected: &crate::Affected) -> String {
    let more = if affected.count > 1 { format!(" and {} more", affected.count - 1) } else { String::new() };
    format!("{}{more} {}", affected.object, affected.brief)
}
