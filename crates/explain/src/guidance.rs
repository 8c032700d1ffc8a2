//! The built-in explanation.

use analyzers::{Cause, entry};
use std::fmt::Write as _;

/// Who explains when no AI provider does.
pub const BUILT_IN: &str = "built-in guidance";

/// The explanation of a cause, in Markdown: why it matters from the rule's manual page, what to do with
/// this cause's own names and values, the commands to run.
pub fn guidance(cause: &Cause) -> String {
    let mut out = String::new();
    let manual = entry(cause.root.rule);
    if let Some(why) = manual.map(|m| m.section("Why it matters")).filter(|text| !text.is_empty()) {
        let _ = writeln!(out, "Why it matters: {}\n", unwrapped(&why));
    }
    let _ = writeln!(out, "What to do:");
    for (number, step) in cause.root.fix.iter().enumerate() {
        let _ = writeln!(out, "{}. {step}", number + 1);
    }
    for command in &cause.root.commands {
        let _ = writeln!(out, "   $ {command}");
    }
    if let Some(more) = manual.map(|m| m.section("What to do")).filter(|text| !text.is_empty()) {
        let _ = writeln!(out, "\nIn general: {}", unwrapped(&more));
    }
    out.trim_end().to_owned()
}

/// A paragraph of a doc comment on one line; lists keep their lines.
fn unwrapped(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines().map(str::trim_end) {
        let item = line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
        if line.is_empty() || item {
            out.push('\n');
        } else if !out.is_empty() && !out.ends_with('\n') {
            out.push(' ');
        }
        out.push_str(line);
    }
    out
}
