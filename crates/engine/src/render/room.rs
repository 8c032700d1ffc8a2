//! What of a report fits into a budget of characters: whole causes, worst first, then objects.

use super::alike::{Group, groups};
use crate::{Report, ResultEntry};
use std::fmt::Write as _;

/// How a form of the report writes its parts.
pub(super) struct Form<'a> {
    /// Most characters; `None` for no bound.
    pub budget_chars: Option<usize>,
    /// Causes alike, with everything about them.
    pub group: &'a dyn Fn(&Group<'_>) -> String,
    /// Heading of the affected objects.
    pub objects: &'static str,
    /// What comes before each object.
    pub bullet: &'static str,
    /// An affected object with what is wrong with it.
    pub object: &'a dyn Fn(&ResultEntry) -> String,
}

/// The head, what fits of causes and, if they were asked for, objects, and the tail. What does not fit is counted.
pub(super) fn fill(report: &Report, head: String, tail: &str, form: &Form<'_>) -> String {
    let mut out = head;
    // Kept free for what is said about things left out.
    let room = form.budget_chars.map(|budget| budget.saturating_sub(tail.chars().count() + 300));
    let mut used = out.chars().count();
    let mut fits = |block: &str| {
        used += block.chars().count();
        room.is_none_or(|room| used <= room)
    };
    let mut left_out = 0;
    for group in groups(&report.causes) {
        let block = (form.group)(&group);
        if left_out == 0 && fits(&block) {
            out.push_str(&block);
        } else {
            left_out += group.count();
        }
    }
    if left_out > 0 {
        let _ = writeln!(
            out,
            "\n{left_out} more root causes left out to keep this short; narrow by namespace or filters, or ask for JSON"
        );
    } else if report.all {
        objects(&mut out, report, form, fits);
    }
    out + tail
}

/// Every affected object, as far as there is room.
fn objects(out: &mut String, report: &Report, form: &Form<'_>, mut fits: impl FnMut(&str) -> bool) {
    let results = report.results.as_deref().unwrap_or_default();
    for (at, result) in results.iter().enumerate() {
        let title = if at == 0 { form.objects } else { "" };
        let line = format!("{title}{}{}\n", form.bullet, (form.object)(result));
        if !fits(&line) {
            let left = results.len() - at;
            let _ = writeln!(out, "{}{left} more objects left out to keep this short", form.bullet);
            return;
        }
        out.push_str(&line);
    }
}
