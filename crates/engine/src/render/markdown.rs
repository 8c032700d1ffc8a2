//! Markdown, for tickets and chats. Text of the cluster stands in code spans that it cannot close.

use super::{headline, run_line, step};
use crate::{CauseReport, Report};
use std::fmt::Write as _;

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("# {}\n\n{}\n", headline(report), run_line(report));
    for cause in &report.causes {
        cause_section(&mut out, cause);
    }
    if !report.not_checked.is_empty() {
        out.push_str("\n## Not checked\n\n");
        for gap in &report.not_checked {
            let _ = writeln!(out, "- {}", gap.text);
        }
    }
    for error in report.errors.iter().flatten() {
        let _ = writeln!(out, "\n> Warning: {}", code(error));
    }
    if let Some(source) = &report.explained_by {
        let _ = writeln!(out, "\nExplanations: {source}");
    }
    out
}

fn cause_section(out: &mut String, cause: &CauseReport) {
    let _ = writeln!(out, "\n## {} {}\n", cause.kind, code(&cause.name));
    let _ = writeln!(out, "{} (`{}`)\n", code(&cause.text), cause.rule);
    if cause.count > 1 {
        let _ = writeln!(
            out,
            "- the same on {} objects, for example {}",
            cause.count,
            code(&cause.examples.join(", "))
        );
    }
    if !cause.explains.is_empty() {
        let steps: Vec<String> = cause.explains.iter().map(|affected| code(&step(affected))).collect();
        let _ = writeln!(out, "- explains {}", steps.join(" → "));
    }
    for evidence in &cause.evidence {
        let _ = writeln!(out, "- {}: {}", evidence.source, code(&evidence.text));
    }
    for step in &cause.fix {
        let _ = writeln!(out, "- **Fix**: {}", code(step));
    }
    for command in &cause.commands {
        let _ = writeln!(out, "\n```sh\n{}\n```", command.replace("```", "` ` `"));
    }
    if let Some(explanation) = &cause.explanation {
        let _ = writeln!(out, "\n{}", explanation.text);
    }
}

/// A code span with a fence longer than any run of backticks inside.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
