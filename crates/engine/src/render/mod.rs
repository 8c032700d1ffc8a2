//! A report as people and programs read it.

mod alike;
mod markdown;
mod room;
mod text;

pub use markdown::{MarkdownOptions, markdown};
pub use text::{TextOptions, text};

use crate::{Diagnosed, Report, Suppressed, SuppressedCause};

/// Most hidden causes that are listed in words.
const HIDDEN_MAX: usize = 100;
/// Namespaces that are named where alike causes are told once.
const NAMESPACES_MAX: usize = 8;

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
    let whose = report.object.as_ref().map(|object| format!("{} {}", object.kind, object.name));
    if report.causes.is_empty() {
        return match (&report.object, whose) {
            (Some(object), Some(whose)) if object.depends_on > 0 => {
                let others = counted(object.depends_on, "object");
                format!("{whose} and {others} that it depends on: no problem found")
            }
            (_, Some(whose)) => format!("{whose}: no problem found"),
            _ => "No problems detected".to_owned(),
        };
    }
    let whose = whose.map(|whose| format!("{whose}: ")).unwrap_or_default();
    let causes = counted(report.causes.len(), "root cause");
    let verb = if report.causes.len() == 1 { "explains" } else { "explain" };
    format!("{whose}{causes} {verb} {}", counted(report.affected_objects, "affected object"))
}

/// `Looked at: Pod (3), Secret (1)`.
pub(crate) fn looked_at(object: &Diagnosed) -> Option<String> {
    let kinds: Vec<String> = object.looked_at.iter().map(|(kind, n)| format!("{kind} ({n})")).collect();
    (!kinds.is_empty()).then(|| format!("Looked at: {}", kinds.join(", ")))
}

/// `Pod prod/db-0 pending`, with the number of those that stand at the same step.
pub(crate) fn step(affected: &crate::Affected) -> String {
    let more = if affected.count > 1 { format!(" and {} more", affected.count - 1) } else { String::new() };
    format!("{}{more} {}", affected.object, affected.brief)
}

/// The steps of a chain in words, those left out counted.
pub(crate) fn steps(cause: &crate::CauseReport) -> Vec<String> {
    let more = cause.explains_more;
    cause.explains.iter().map(step).chain((more > 0).then(|| format!("{more} further steps"))).collect()
}

/// `3 known causes hidden (ignore file 2, annotations 1)`; none when nothing is hidden.
pub(crate) fn hidden(by: &Suppressed) -> Option<String> {
    let parts = [
        ("ignore file", by.ignore_file),
        ("annotations", by.annotations),
        ("baseline", by.baseline),
        ("begun earlier", by.older),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(_, count)| *count > 0).map(|(name, count)| format!("{name} {count}")).collect();
    let what = match (by.older, by.count() - by.older) {
        (0, 0) => return None,
        (0, _) => "known cause",
        (_, 0) => "older cause",
        _ => "known or older cause",
    };
    Some(format!("{} hidden ({})", counted(by.count(), what), parts.join(", ")))
}

/// `Secret prod/x does not exist [secret/missing] (ignore file: known since May)`.
pub(crate) fn hidden_line(cause: &SuppressedCause) -> String {
    let reason = if cause.reason.is_empty() { String::new() } else { format!(": {}", cause.reason) };
    format!("{} [{}] ({}{reason})", cause.text, cause.rule, cause.by)
}

/// The hidden causes, a line each, bounded.
pub(crate) fn hidden_lines(report: &Report) -> Vec<String> {
    let all = report.suppressed_causes.as_deref().unwrap_or_default();
    let mut lines: Vec<String> = all.iter().take(HIDDEN_MAX).map(hidden_line).collect();
    if all.len() > HIDDEN_MAX {
        lines.push(format!("{} more; the JSON document has all", all.len() - HIDDEN_MAX));
    }
    lines
}
