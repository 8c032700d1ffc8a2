//! Fixtures: one Markdown file a rule. A `##` heading is a case, its `yaml` block the cluster, its
//! `findings` block what must be said. A YAML document without `kind` sets `now` and coverage.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use view::{Builder, CustomType, Kind, Rows, Status, Time, View, called, group_of};

/// A case of a fixture file.
pub struct Case {
    pub title: String,
    pub view: View,
    /// The expected block, and where its text stands in the file.
    pub expected: String,
    pub range: std::ops::Range<usize>,
}

impl Case {
    pub fn is_healthy(&self) -> bool {
        self.title.starts_with("healthy")
    }
}

/// Reads all cases of a file; `block` is the info string of the expected block.
pub fn cases(text: &str, block: &str) -> Vec<Case> {
    let starts: Vec<usize> = text.match_indices("\n## ").map(|(at, _)| at + 1).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| case(text, start..end, block)).collect()
}

fn case(text: &str, range: std::ops::Range<usize>, block: &str) -> Case {
    let section = &text[range.clone()];
    let title = section.lines().next().unwrap_or_default().trim_start_matches("## ").to_owned();
    let yaml = fenced(section, "yaml").map(|r| &section[r]).unwrap_or_default();
    let expected = fenced(section, block).unwrap_or_else(|| panic!("case {title:?} has no {block} block"));
    let absolute = range.start + expected.start..range.start + expected.end;
    Case { view: view_of(yaml, &title), expected: section[expected].to_owned(), range: absolute, title }
}

fn fenced(section: &str, info: &str) -> Option<std::ops::Range<usize>> {
    let open = format!("```{info}\n");
    let start = section.find(&open)? + open.len();
    let end = start + section[start..].find("```")?;
    Some(start..end)
}

/// A View from YAML documents. Kinds without objects are complete and empty unless a directive says
/// otherwise: `forbidden: [Secret]`, `absent: [IngressClass]`, `truncated: [Pod]`. Documents of other kinds are
/// instances of custom types; directives name those with their group (`forbidden: [Issuer.cert-manager.io]`).
pub fn view_of(yaml: &str, title: &str) -> View {
    let options = serde_saphyr::options! { budget: None, with_snippet: false };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(yaml, options)
        .unwrap_or_else(|error| panic!("case {title:?}: {error}"));
    let mut now = "2026-01-01T01:00:00Z".to_owned();
    let mut statuses = Statuses::default();
    let mut objects: BTreeMap<Kind, Vec<Value>> = BTreeMap::new();
    for document in documents.into_iter().flat_map(unlisted) {
        match document["kind"].as_str() {
            Some(name) => {
                let version = document["apiVersion"].as_str().unwrap_or_default();
                let kind = Kind::parse(&called(version, name)).unwrap_or_else(|| {
                    assert!(version.contains('/'), "case {title:?}: kind {name} is not in the View");
                    let namespaced = document["metadata"]["namespace"].is_string();
                    statuses.types.entry(custom_type(version, name, namespaced)).or_insert(Status::Complete);
                    Kind::CustomResource
                });
                objects.entry(kind).or_default().push(document);
            }
            None => directives(&document, &mut now, &mut statuses, title),
        }
    }
    let now = Time::parse(&now).unwrap_or_else(|| panic!("case {title:?}: now is {now:?}"));
    let mut builder = Builder::new(now, "v1.36.3");
    for &kind in Kind::ALL {
        let mut rows = Rows::empty(kind);
        let items = objects.remove(&kind).unwrap_or_default();
        let count = items.len();
        let body = serde_json::json!({ "items": items }).to_string();
        let page = rows.append_page(body.as_bytes()).expect("own JSON is a list");
        assert!(page.skipped == 0 && rows.len() == count, "case {title:?}: a {kind} does not parse");
        builder.set(rows, statuses.kinds.remove(&kind).unwrap_or(Status::Complete), None);
    }
    for (custom, status) in statuses.types {
        builder.set_type(custom, status, None);
    }
    builder.finish()
}

/// The objects of every case of a file, without its directives.
pub fn objects(text: &str) -> Vec<Vec<Value>> {
    let options = || serde_saphyr::options! { budget: None, with_snippet: false };
    let sections =
        text.split("\n## ").skip(1).filter_map(|section| fenced(section, "yaml").map(|r| &section[r]));
    let read = sections.map(|yaml| {
        let documents: Vec<Value> =
            serde_saphyr::from_multiple_with_options(yaml, options()).unwrap_or_default();
        documents.into_iter().flat_map(unlisted).filter(|document| document["kind"].is_string()).collect()
    });
    read.collect()
}

/// What a case says of the lists.
#[derive(Default)]
struct Statuses {
    kinds: BTreeMap<Kind, Status>,
    types: BTreeMap<CustomType, Status>,
}

fn custom_type(version: &str, kind: &str, namespaced: bool) -> CustomType {
    let plural = format!("{}s", kind.to_lowercase()).into();
    CustomType { group: group_of(version).into(), kind: kind.into(), plural, namespaced }
}

fn unlisted(document: Value) -> Vec<Value> {
    match document["items"].as_array() {
        Some(items) if document["kind"] == "List" => items.clone(),
        _ => vec![document],
    }
}

fn directives(document: &Value, now: &mut String, statuses: &mut Statuses, title: &str) {
    for (key, value) in document.as_object().into_iter().flatten() {
        let status = match key.as_str() {
            "now" => {
                *now = value.as_str().unwrap_or_default().to_owned();
                continue;
            }
            "forbidden" => Status::Forbidden,
            "absent" => Status::Absent,
            "truncated" => Status::Truncated,
            "not_read" => Status::NotRead,
            _ => panic!("case {title:?}: unknown directive {key:?}"),
        };
        for name in value.as_array().into_iter().flatten().filter_map(Value::as_str) {
            match (Kind::parse(name), name.split_once('.')) {
                (Some(kind), _) => statuses.kinds.insert(kind, status.clone()),
                (None, Some((kind, group))) => {
                    statuses.types.insert(custom_type(group, kind, true), status.clone())
                }
                (None, None) => panic!("case {title:?}: kind {name} is not in the View"),
            };
        }
    }
}

/// Compares every case with what `render` gives; with `UPDATE_FIXTURES=1` rewrites the file instead.
pub fn check(path: &std::path::Path, block: &str, render: impl Fn(&View) -> String) -> Result<(), String> {
    let mut text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    let mut problems = String::new();
    for case in cases(&text.clone(), block).into_iter().rev() {
        let actual = render(&case.view);
        if case.is_healthy() && !actual.is_empty() {
            let _ = writeln!(
                problems,
                "{} / {}: a healthy case must stay silent:\n{actual}",
                path.display(),
                case.title
            );
        } else if !case.is_healthy() && actual.is_empty() {
            let _ = writeln!(problems, "{} / {}: nothing was said", path.display(), case.title);
        } else if update {
            text.replace_range(case.range, &actual);
        } else if actual != case.expected {
            let _ = writeln!(
                problems,
                "{} / {}:\nexpected\n{}\nactual\n{actual}",
                path.display(),
                case.title,
                case.expected
            );
        }
    }
    if update {
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
