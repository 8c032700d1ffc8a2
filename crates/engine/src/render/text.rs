//! Plain text: causes first, each with its chain, proof and fix.

use super::{headline, run_line, step};
use crate::{CauseReport, Report};
use analyzers::Severity;
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

/// The report as text.
pub fn text(report: &Report, options: &TextOptions) -> String {
    let mut out = aligned(&headline(report), &run_line(report));
    let tail = tail(report, options);
    let mut left_out = 0;
    for cause in &report.causes {
        let block = format!("\n{}", cause_block(cause, options.color));
        let fits =
            |budget| out.chars().count() + block.chars().count() + tail.chars().count() + 200 <= budget;
        if left_out == 0 && options.budget_chars.is_none_or(fits) {
            out.push_str(&block);
        } else {
            left_out += 1;
        }
    }
    if left_out > 0 {
        let _ = writeln!(
            out,
            "\n{} more root causes left out to keep this short; narrow by namespace or filters, or ask for JSON",
            left_out
        );
    }
    out + &tail
}

fn aligned(left: &str, right: &str) -> String {
    let gap = WIDTH.saturating_sub(left.chars().count() + right.chars().count()).max(2);
    format!("{left}{}{right}\n", " ".repeat(gap))
}

fn cause_block(cause: &CauseReport, color: bool) -> String {
    let (mark, paint) = match cause.severity {
        Severity::Critical | Severity::Error => ("✗", "31"),
        Severity::Warning => ("!", "33"),
        Severity::Info => ("i", "36"),
    };
    let title = format!("{mark} {}", cause.text);
    let mut out = painted(&aligned(&title, cause.rule), &title, paint, color);
    if cause.count > 1 {
        let owner = cause.owner.as_ref().map(|owner| format!(" of {owner}")).unwrap_or_default();
        let _ = writeln!(out, "  the same on {} objects{owner}: {}", cause.count, examples(cause));
    } else if let Some(owner) = &cause.owner {
        let _ = writeln!(out, "  belongs to {owner}");
    }
    if !cause.explains.is_empty() {
        let steps: Vec<String> = cause.explains.iter().map(step).collect();
        let _ = writeln!(out, "  explains: {}", steps.join(" → "));
    }
    for evidence in cause.evidence.iter().take(EVIDENCE_MAX) {
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
    if let Some(explanation) = &cause.explanation {
        let _ = writeln!(out, "  Explanation ({}):", explanation.source);
        for line in explanation.text.lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    out
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
        let gaps: Vec<&str> = report.not_checked.iter().map(|gap| gap.text.as_str()).collect();
        let _ = writeln!(out, "\nNot checked: {}", gaps.join("; "));
    }
    if report.suppressed > 0 {
        let _ = writeln!(out, "\n{} known causes suppressed", report.suppressed);
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
