//! Markdown, for tickets and chats. Text of the cluster stands in code spans that it cannot close.

use super::alike::Group;
use super::room::{self, Form};
use super::{NAMESPACES_MAX, headline, hidden, hidden_lines, looked_at, run_line, steps};
use crate::Report;
use std::fmt::Write as _;

/// How the Markdown is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct MarkdownOptions {
    /// Most characters; whole causes are left out, and said so, when they do not fit.
    pub budget_chars: Option<usize>,
}

/// The report as Markdown.
pub fn markdown(report: &Report, options: &MarkdownOptions) -> String {
    let form = Form {
        budget_chars: options.budget_chars,
        group: &cause_section,
        objects: "\n## Affected objects\n\n",
        bullet: "- ",
        object: &|result| {
            let errors: Vec<String> = result.error.iter().map(|error| code(&error.text)).collect();
            format!("{} (`{}`)", errors.join("; "), result.rule)
        },
    };
    let head = format!("# {}\n\n{}\n", headline(report), run_line(report));
    room::fill(report, head, &tail(report), &form)
}

fn tail(report: &Report) -> String {
    let mut out = String::new();
    for (title, causes_only) in [("Not checked", false), ("Not searched for causes", true)] {
        let gaps = report.not_checked.iter().filter(|gap| gap.causes_only == causes_only);
        for (at, gap) in gaps.enumerate() {
            let title = if at == 0 { format!("\n## {title}\n\n") } else { String::new() };
            let _ = writeln!(out, "{title}- {}", gap.text);
        }
    }
    if let Some(looked_at) = report.object.as_ref().and_then(looked_at) {
        let _ = writeln!(out, "\n{looked_at}");
    }
    if let Some(hidden) = hidden(&report.suppressed_by) {
        let _ = writeln!(out, "\n{hidden}");
        let lines = hidden_lines(report);
        if !lines.is_empty() {
            out.push('\n');
        }
        for line in lines {
            let _ = writeln!(out, "- {}", code(&line));
        }
    }
    for note in &report.notes {
        let _ = writeln!(out, "\n> Note: {}", code(note));
    }
    for error in report.errors.iter().flatten() {
        let _ = writeln!(out, "\n> Warning: {}", code(error));
    }
    if let Some(source) = &report.explained_by {
        let _ = writeln!(out, "\nExplanations: {source}");
    }
    out
}

fn cause_section(group: &Group<'_>) -> String {
    let mut out = String::new();
    let cause = group.first;
    let _ = writeln!(out, "\n## {} {}\n", cause.kind, code(&cause.name));
    let _ = writeln!(out, "{} (`{}`)\n", code(&cause.text), cause.rule);
    if group.count() > 1 {
        let namespaces = code(&group.namespaces(NAMESPACES_MAX));
        let _ = writeln!(out, "- {} causes alike, each in its namespace: {namespaces}", group.count());
    }
    if cause.count > 1 {
        let _ = writeln!(
            out,
            "- the same on {} objects, for example {}",
            cause.count,
            code(&cause.examples.join(", "))
        );
    }
    if !cause.explains.is_empty() {
        let steps: Vec<String> = steps(cause).iter().map(|step| code(step)).collect();
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
    for said in cause.said.iter().filter(|said| !said.details.is_empty()) {
        let _ = writeln!(out, "\nCustom analyzer {} explains (not checked):\n", code(&said.by));
        for line in said.details.lines().filter(|line| !line.is_empty()) {
            let _ = writeln!(out, "- {}", code(line));
        }
    }
    if let Some(explanation) = &cause.explanation {
        if let Some(reason) = &explanation.failed {
            let _ = writeln!(out, "\n> No explanation by the AI provider: {}", code(reason));
        }
        for looked in &explanation.looked {
            let _ = writeln!(out, "- looked at {}", code(looked));
        }
        let _ = writeln!(out, "\n{}", explanation.text);
    }
    out
}

/// A code span with a fence longer than any run of backticks inside.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
