//! Plain text: causes first, each with its chain, proof and fix.

use super::alike::Group;
use super::room::{self, Form};
use super::{NAMESPACES_MAX, headline, hidden, hidden_lines, looked_at, run_line, steps};
use crate::{CauseReport, Explanation, Report};
use analyzers::{Severity, Source};
use std::fmt::Write as _;

/// Width that the first lines are aligned to, in characters.
const WIDTH: usize = 100;
/// Most pieces of evidence shown for one cause.
const EVIDENCE_MAX: usize = 4;

/// How the text is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextOptions {
    /// Colour by terminal escapes.
    pub color: bool,
    /// Most characters; whole causes are left out, and said so, when they do not fit.
    pub budget_chars: Option<usize>,
    /// Add the time of each stage.
    pub stages: bool,
}

/// The report as text: the causes, what else there is to know, and every object if that was asked for.
pub fn text(report: &Report, options: &TextOptions) -> String {
    let form = Form {
        budget_chars: options.budget_chars,
        group: &|group| format!("\n{}", cause_block(group, options.color)),
        objects: "\nAffected objects:\n",
        bullet: "  ",
        object: &|result| {
            let errors: Vec<&str> = result.error.iter().map(|error| error.text.as_str()).collect();
            format!("{} [{}]", errors.join("; "), result.rule)
        },
    };
    let head = aligned(&headline(report), &run_line(report));
    room::fill(report, head, &tail(report, options), &form)
}

fn aligned(left: &str, right: &str) -> String {
    let gap = WIDTH.saturating_sub(left.chars().count() + right.chars().count()).max(2);
    format!("{left}{}{right}\n", " ".repeat(gap))
}

fn cause_block(group: &Group<'_>, color: bool) -> String {
    let cause = group.first;
    let (mark, paint) = match cause.severity {
        Severity::Critical | Severity::Error => ("✗", "31"),
        Severity::Warning => ("!", "33"),
        Severity::Info => ("i", "36"),
    };
    let title = format!("{mark} {}", cause.text);
    let mut out = painted(&aligned(&title, cause.rule), &title, paint, color);
    if group.count() > 1 {
        let namespaces = group.namespaces(NAMESPACES_MAX);
        let _ = writeln!(out, "  {} causes alike, each in its namespace: {namespaces}", group.count());
    }
    if cause.count > 1 {
        let owner = cause.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
        let _ = writeln!(out, "  the same on {} objects{owner}: {}", cause.count, examples(cause));
    } else if let Some(owner) = &cause.owner {
        let _ = writeln!(out, "  belongs to {owner}");
    }
    if !cause.explains.is_empty() {
        let _ = writeln!(out, "  explains: {}", steps(cause).join(" → "));
    }
    let (custom, ours): (Vec<_>, Vec<_>) =
        cause.evidence.iter().partition(|evidence| evidence.source == Source::Custom);
    for evidence in ours.into_iter().take(EVIDENCE_MAX).chain(custom.into_iter().take(EVIDENCE_MAX)) {
        let _ = writeln!(out, "  {}: {}", evidence.source, evidence.text);
    }
    if !cause.kubernetes_doc.is_empty() {
        let _ = writeln!(out, "  Kubernetes Doc: {}: {}", cause.field, cause.kubernetes_doc);
    }
    for (at, step) in cause.fix.iter().enumerate() {
        let lead = if at == 0 { "Fix:" } else { "    " };
        let _ = writeln!(out, "  {lead} {step}");
    }
    for command in &cause.commands {
        let _ = writeln!(out, "       $ {command}");
    }
    for said in cause.said.iter().filter(|said| !said.details.is_empty()) {
        let _ = writeln!(out, "  Custom analyzer {} explains (not checked):", said.by);
        for line in said.details.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    if let Some(explanation) = &cause.explanation {
        let cached = if explanation.cached { ", cached" } else { "" };
        let _ = writeln!(out, "  Explanation ({}{cached}):", explanation.source);
        for line in told(explanation) {
            let _ = writeln!(out, "    {line}");
        }
    }
    out
}

/// The lines of an explanation: why it is not the model's, what the model looked at, and the text.
fn told(explanation: &Explanation) -> impl Iterator<Item = String> {
    let failed =
        explanation.failed.iter().map(|reason| format!("no explanation by the AI provider: {reason}"));
    let looked = explanation.looked.iter().map(|looked| format!("looked at {looked}"));
    failed.chain(looked).chain(explanation.text.lines().map(str::to_owned))
}

fn examples(cause: &CauseReport) -> String {
    let more = cause.count.saturating_sub(cause.examples.len());
    let shown = cause.examples.join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

fn painted(line: &str, title: &str, paint: &str, color: bool) -> String {
    if color { line.replacen(title, &format!("\x1b[1;{paint}m{title}\x1b[0m"), 1) } else { line.to_owned() }
}

fn tail(report: &Report, options: &TextOptions) -> String {
    let mut out = String::new();
    if let Some(source) = &report.explained_by {
        let _ = writeln!(out, "\nExplanations: {source}");
    }
    if !report.not_checked.is_empty() {
        not_checked(&mut out, report);
    }
    if let Some(looked_at) = report.object.as_ref().and_then(looked_at) {
        let _ = writeln!(out, "\n{looked_at}");
    }
    if let Some(hidden) = hidden(&report.suppressed_by) {
        let list = hidden_lines(report);
        let _ =
            writeln!(out, "\n{hidden}{}", if list.is_empty() { "; show-suppressed lists them" } else { ":" });
        list.iter().for_each(|line| {
            let _ = writeln!(out, "  {line}");
        });
    }
    for note in &report.notes {
        let _ = writeln!(out, "\nNote: {note}");
    }
    for error in report.errors.iter().flatten() {
        let _ = writeln!(out, "\nWarning: {error}");
    }
    if options.stages {
        let stages: Vec<String> =
            report.run.stages_ms.iter().map(|(name, ms)| format!("{name} {ms} ms")).collect();
        let _ = writeln!(
            out,
            "\nStages: {} · {} · cluster {}",
            stages.join(", "),
            run_line(report),
            report.run.cluster
        );
    }
    out
}

/// What could not be checked, and apart from it where only causes might have been found.
fn not_checked(out: &mut String, report: &Report) {
    for (title, causes_only) in [("Not checked", false), ("Not searched for causes", true)] {
        let gaps = report.not_checked.iter().filter(|gap| gap.causes_only == causes_only);
        let gaps: Vec<&str> = gaps.map(|gap| gap.text.as_str()).collect();
        if !gaps.is_empty() {
            let _ = writeln!(out, "\n{title}: {}", gaps.join("; "));
        }
    }
}
