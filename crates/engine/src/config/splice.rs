//! Changing one top-level key of a YAML text and no byte beside it.
//!
//! Each way to write the change is tried in turn and read back; the first one whose meaning is the old
//! document with the new value is taken. A text for which none works is left alone.

use super::emit::{Yaml, entry};
use super::outline::{Entry, Outline, outline};
use super::parse;
use serde_json::{Map, Value};
use std::ops::Range;

/// Replacement of a range of bytes.
pub(super) type Edit = (Range<usize>, String);

/// The text with `key` set to `value`; `None` when that cannot be done without changing something else.
pub(super) fn set(text: &str, key: &'static str, value: &Yaml) -> Option<String> {
    let old = parse::document(text).ok()?;
    let outline = outline(text)?;
    let expected = expected(&old, key, value);
    let candidates = match outline.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)) {
        Some(entry) => replace(text, &outline, entry, value),
        None => insert(text, &outline, key, value),
    };
    let texts = candidates.into_iter().map(|edits| apply(text, edits));
    texts.into_iter().find(|new| parse::document(new).is_ok_and(|read| Value::Object(read) == expected))
}

/// The document that must be read back.
fn expected(old: &Map<String, Value>, key: &str, value: &Yaml) -> Value {
    let mut new = old.clone();
    let spelled = old.keys().find(|k| k.eq_ignore_ascii_case(key)).cloned();
    new.insert(spelled.unwrap_or_else(|| key.to_owned()), value.to_value());
    Value::Object(new)
}

/// Applies edits, which do not overlap and are in order.
pub(super) fn apply(text: &str, edits: Vec<Edit>) -> String {
    let mut new = text.to_owned();
    for (range, replacement) in edits.into_iter().rev() {
        new.replace_range(range, &replacement);
    }
    new
}

fn replace(text: &str, outline: &Outline, entry: &Entry, value: &Yaml) -> Vec<Vec<Edit>> {
    let inline = |shown: String| vec![(entry.value.clone(), shown)];
    if outline.flow {
        return vec![inline(value.json())];
    }
    let key_line = line_around(text, &entry.key_span);
    let below = || {
        let lines = indented(text, indent_of(text, &key_line) + 2, value);
        vec![(key_line.end..key_line.end, open_line(text, key_line.end) + &lines)]
    };
    if entry.block && entry.value.start >= key_line.end {
        let lines = line_around(text, &entry.value);
        let indent = indent_of(text, &lines);
        let whole = |indent: usize| vec![(lines.clone(), indented(text, indent, value))];
        let mut ways: Vec<Vec<Edit>> = items(text, entry, &lines, value).into_iter().collect();
        ways.extend([whole(indent), whole(indent_of(text, &key_line) + 2)]);
        return ways;
    }
    if entry.value.is_empty() {
        return vec![below(), inline(format!(" {}", value.flow()))];
    }
    vec![inline(value.flow()), inline(value.json())]
}

/// Removes and appends single items of a block sequence, so that the comments of the others stay.
fn items(text: &str, entry: &Entry, lines: &Range<usize>, value: &Yaml) -> Option<Vec<Edit>> {
    let Yaml::List(wanted) = value else { return None };
    let wanted: Vec<&str> = wanted
        .iter()
        .map(|item| if let Yaml::Text(text) = item { Some(text.as_str()) } else { None })
        .collect::<Option<_>>()?;
    let have = entry.items.as_ref()?;
    let (kept, gone): (Vec<_>, Vec<_>) = have.iter().partition(|(name, _)| wanted.contains(&name.as_str()));
    let same_order = kept.iter().map(|(name, _)| name.as_str()).eq(wanted.iter().copied().take(kept.len()));
    if kept.is_empty() || !same_order {
        return None;
    }
    let mut edits: Vec<Edit> =
        gone.iter().map(|(_, span)| (line_around(text, span), String::new())).collect();
    let added: Vec<Yaml> = wanted.iter().skip(kept.len()).map(|name| Yaml::text(name)).collect();
    if !added.is_empty() {
        let more = indented(text, indent_of(text, lines), &Yaml::List(added));
        edits.push((lines.end..lines.end, open_line(text, lines.end) + &more));
    }
    Some(edits)
}

fn insert(text: &str, outline: &Outline, key: &'static str, value: &Yaml) -> Vec<Vec<Edit>> {
    let at_end = |indent: usize| {
        let lines = shifted(text, indent, &entry(key, value));
        vec![(outline.end..outline.end, open_line(text, outline.end) + &lines)]
    };
    let Some(start) = outline.start else { return vec![at_end(0)] };
    if outline.flow {
        let comma = if outline.entries.is_empty() { "" } else { ", " };
        let shown = format!("\"{key}\": {}{comma}", value.json());
        return vec![vec![(start + 1..start + 1, shown)]];
    }
    let first = line_around(text, &(start..start));
    let indent = indent_of(text, &first);
    let at_start = vec![(first.start..first.start, shifted(text, indent, &entry(key, value)))];
    vec![at_end(indent), at_start]
}

/// The whole lines, ends included, that a range touches.
pub(super) fn line_around(text: &str, range: &Range<usize>) -> Range<usize> {
    let start = text.get(..range.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let start = if start == 0 && text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { start };
    // A range that ends with a line's end does not touch the next line.
    let last = range.end.saturating_sub(1).max(range.start);
    let end = text.get(last..).and_then(|after| after.find('\n')).map_or(text.len(), |at| last + at + 1);
    start..end
}

pub(super) fn indent_of(text: &str, line: &Range<usize>) -> usize {
    text.get(line.clone()).map_or(0, |line| line.len() - line.trim_start_matches(' ').len())
}

/// What has to be written before a new line at this position.
pub(super) fn open_line(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default().trim_start_matches('\u{feff}');
    if before.is_empty() || before.ends_with('\n') { String::new() } else { line_end(text).to_owned() }
}

fn indented(text: &str, indent: usize, value: &Yaml) -> String {
    shifted(text, indent, &value.block())
}

pub(super) fn shifted(text: &str, indent: usize, lines: &[String]) -> String {
    let end = line_end(text);
    lines.iter().map(|line| format!("{:indent$}{line}{end}", "")).collect()
}

fn line_end(text: &str) -> &'static str {
    if text.split_once('\n').is_some_and(|(first, _)| first.ends_with('\r')) { "\r\n" } else { "\n" }
}
