//! Changing single keys and items inside a YAML text and no byte beside them.
//!
//! As in [`super::splice`], each way to write a step is tried in turn and read back; the first one whose
//! meaning is the old document with the step done is taken. A text for which none works is left alone.

use super::emit::{Yaml, entry};
use super::parse;
use super::splice::{Edit, apply, indent_of, line_around, open_line, shifted};
use super::tree::{Key, Node, Shape, tree};
use serde_json::{Map, Value};
use std::ops::Range;

/// Where a mapping stands: keys in any case, and positions in lists.
pub(super) type Path<'a> = &'a [At<'a>];

/// One part of a path.
#[derive(Clone, Copy)]
pub(super) enum At<'a> {
    Key(&'a str),
    Item(usize),
}

/// One change.
pub(super) enum Step<'a> {
    /// Sets a key of the mapping at the path.
    Set(&'static str, &'a Yaml),
    /// Takes a key out of the mapping at the path; nothing happens without the key.
    Unset(&'static str),
    /// Appends an item to the list under a key of the mapping at the path.
    Append(&'static str, &'a Yaml),
    /// Takes an item out of the list under a key of the mapping at the path.
    Take(&'static str, usize),
}

/// The text after a step; `None` when that cannot be done without changing something else.
pub(super) fn change(text: &str, path: Path<'_>, step: &Step<'_>) -> Option<String> {
    let mut wanted = Value::Object(parse::document(text).ok()?);
    let before = wanted.clone();
    meant(value_at(&mut wanted, path)?, step)?;
    if wanted == before {
        return Some(text.to_owned());
    }
    let root = tree(text)?;
    let map = node_at(&root, path)?;
    let ways = ways(text, map, step)?.into_iter().map(|edits| apply(text, edits));
    ways.into_iter().find(|new| parse::document(new).is_ok_and(|read| Value::Object(read) == wanted))
}

fn value_at<'a>(root: &'a mut Value, path: Path<'_>) -> Option<&'a mut Map<String, Value>> {
    let mut value = root;
    for at in path {
        value = match at {
            At::Key(key) => {
                let map = value.as_object_mut()?;
                map.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key))?.1
            }
            At::Item(n) => value.as_array_mut()?.get_mut(*n)?,
        };
    }
    value.as_object_mut()
}

fn node_at<'a>(root: &'a Node, path: Path<'_>) -> Option<&'a Node> {
    path.iter().try_fold(root, |node, at| match at {
        At::Key(key) => node.get(key),
        At::Item(n) => node.items().get(*n),
    })
}

/// Does the step on values.
fn meant(map: &mut Map<String, Value>, step: &Step<'_>) -> Option<()> {
    let (Step::Set(key, _) | Step::Unset(key) | Step::Append(key, _) | Step::Take(key, _)) = step;
    let spelled = map.keys().find(|k| k.eq_ignore_ascii_case(key)).cloned();
    let spelled = spelled.unwrap_or_else(|| (*key).to_owned());
    match step {
        Step::Set(_, value) => {
            map.insert(spelled, value.to_value());
        }
        Step::Unset(_) => {
            map.remove(&spelled);
        }
        Step::Append(_, item) => {
            let list = map.entry(spelled).or_insert(Value::Null);
            if list.is_null() {
                *list = Value::Array(Vec::new());
            }
            list.as_array_mut()?.push(item.to_value());
        }
        Step::Take(_, n) => {
            let list = map.get_mut(&spelled)?.as_array_mut()?;
            (*n < list.len()).then(|| list.remove(*n))?;
        }
    }
    Some(())
}

fn ways(text: &str, map: &Node, step: &Step<'_>) -> Option<Vec<Vec<Edit>>> {
    let Shape::Map(entries) = &map.shape else { return None };
    let (Step::Set(key, _) | Step::Unset(key) | Step::Append(key, _) | Step::Take(key, _)) = step;
    let at = map.position(key);
    let found = at.and_then(|at| entries.get(at));
    match (step, found) {
        (Step::Set(_, value), Some((key, old))) => Some(replace(map, key, old, value)),
        (Step::Set(_, value), None) => Some(insert(text, map, entries, key, value)),
        (Step::Unset(_), Some(_)) => unset(text, map, entries, at?),
        (Step::Append(_, item), None) => {
            Some(insert(text, map, entries, key, &Yaml::List(vec![(*item).clone()])))
        }
        (Step::Append(_, item), Some((key, list))) => Some(append(text, map, key, list, item)),
        (Step::Take(_, n), Some((key, list))) => take(text, key, list, *n),
        (Step::Unset(_) | Step::Take(..), None) => None,
    }
}

/// Puts a value where another one is.
fn replace(map: &Node, key: &Key, old: &Node, value: &Yaml) -> Vec<Vec<Edit>> {
    let whole = |shown: &str| vec![(key.span.end..old.span.end.max(key.span.end + 1), format!(": {shown}"))];
    let inline = |shown: &str| vec![(old.span.clone(), shown.to_owned())];
    if map.flow {
        return vec![inline(&value.json()), whole(&value.json())];
    }
    let shown = value.flow();
    let after_colon = vec![(key.span.end + 1..key.span.end + 1, format!(" {shown}"))];
    if old.span.is_empty() { vec![after_colon] } else { vec![inline(&shown), whole(&shown)] }
}

/// Adds a key after the last one.
fn insert(text: &str, map: &Node, entries: &[(Key, Node)], key: &str, value: &Yaml) -> Vec<Vec<Edit>> {
    if map.flow {
        let comma = if entries.is_empty() { "" } else { ", " };
        let shown = format!("\"{key}\": {}{comma}", value.json());
        return vec![vec![(map.span.start + 1..map.span.start + 1, shown)]];
    }
    let Some((first, _)) = entries.first() else { return Vec::new() };
    vec![below(text, &map.span, column(text, first.span.start), &entry(key, value))]
}

/// Whole lines after those of a range.
fn below(text: &str, range: &Range<usize>, indent: usize, lines: &[String]) -> Vec<Edit> {
    let end = line_around(text, range).end;
    vec![(end..end, open_line(text, end) + &shifted(text, indent, lines))]
}

fn column(text: &str, at: usize) -> usize {
    at - line_around(text, &(at..at)).start
}

fn unset(text: &str, map: &Node, entries: &[(Key, Node)], at: usize) -> Option<Vec<Vec<Edit>>> {
    let (key, value) = entries.get(at)?;
    let end = value.span.end.max(key.span.end + 1);
    let next = entries.get(at + 1).map(|(key, _)| key.span.start);
    let up_to_next = next.map(|next| vec![(key.span.start..next, String::new())]);
    if map.flow {
        let previous = at.checked_sub(1).and_then(|at| entries.get(at));
        let from_previous =
            previous.map(|(key, value)| vec![(value.span.end.max(key.span.end)..end, String::new())]);
        return Some(up_to_next.into_iter().chain(from_previous).collect());
    }
    let lines = line_around(text, &(key.span.start..end));
    let starts_line = indent_of(text, &lines) == key.span.start - lines.start;
    Some(if starts_line { vec![vec![(lines, String::new())]] } else { up_to_next.into_iter().collect() })
}

fn append(text: &str, map: &Node, key: &Key, list: &Node, item: &Yaml) -> Vec<Vec<Edit>> {
    let items = list.items();
    let one = Yaml::List(vec![item.clone()]);
    if list.flow && !items.is_empty() {
        let end = list.span.end.saturating_sub(1);
        let last = items.last().map_or(end, |item| item.span.end);
        return vec![vec![(last..last, format!(", {}", item.json()))]];
    }
    if list.flow && map.flow {
        return vec![vec![(list.span.clone(), one.json())]];
    }
    if items.is_empty() {
        // `[]`, `~` or nothing: a list in lines takes its place, below what may follow on the line.
        let indent = column(text, key.span.start) + 2;
        let line = line_around(text, &key.span);
        let mut edits = below(text, &key.span, indent, &one.block());
        if !list.span.is_empty() && list.span.end <= line.end {
            edits.insert(0, (key.span.end + 1..list.span.end, String::new()));
        }
        return vec![edits, vec![(list.span.clone(), one.json())]];
    }
    // Where the list begins is its first dash, or not quite when that is no deeper than its key.
    let first = items.first().map_or(list.span.start, |item| item.span.start);
    let dash = indent_of(text, &line_around(text, &(first..first)));
    let at = |indent: usize| below(text, &list.span, indent, &one.block());
    vec![at(column(text, list.span.start)), at(dash)]
}

fn take(text: &str, key: &Key, list: &Node, n: usize) -> Option<Vec<Vec<Edit>>> {
    let items = list.items();
    let item = items.get(n)?;
    if items.len() == 1 {
        let empty = if list.flow { list.span.clone() } else { key.span.end + 1..list.span.end };
        let shown = if list.flow { "[]" } else { " []" };
        return Some(vec![vec![(empty, shown.to_owned())]]);
    }
    if list.flow {
        let next = items.get(n + 1).map(|next| item.span.start..next.span.start);
        let previous = n.checked_sub(1).and_then(|n| items.get(n)).map(|p| p.span.end..item.span.end);
        return Some(next.into_iter().chain(previous).map(|range| vec![(range, String::new())]).collect());
    }
    let lines = line_around(text, &item.span);
    // The dash may stand on a line of its own.
    let before = n.checked_sub(1).and_then(|n| items.get(n));
    let from = before.map_or(list.span.start, |before| line_around(text, &before.span).end);
    let from = line_around(text, &(from..from)).start;
    let with_dash = from.min(lines.start)..lines.end;
    Some(vec![vec![(lines, String::new())], vec![(with_dash, String::new())]])
}
