//! Objects as nobody means them: fields missing, null, of other types, huge, hostile. No rule fails, and
//! what it says is one bounded line of plain text.

use crate::fixture;
use crate::rules::fixtures;
use analyzers::{Finding, entries, fold, run};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use view::{Builder, Kind, Rows, Status, Time, View};

/// Longest text (characters) of a finding or a step.
const LONGEST: usize = 1_500;

/// The objects of every case of every fixture and story.
fn clusters() -> &'static [Vec<Value>] {
    static CLUSTERS: OnceLock<Vec<Vec<Value>>> = OnceLock::new();
    CLUSTERS.get_or_init(|| {
        let mut all = Vec::new();
        let folders =
            std::fs::read_dir(fixtures()).expect("fixtures").map(|entry| entry.expect("a folder").path());
        let mut folders: Vec<_> = folders.collect();
        folders.sort();
        for folder in folders {
            let mut files: Vec<_> = std::fs::read_dir(folder)
                .expect("a folder")
                .map(|entry| entry.expect("a file").path())
                .collect();
            files.sort();
            for file in files {
                let text = std::fs::read_to_string(file).expect("a fixture");
                all.extend(fixture::objects(&text));
            }
        }
        all
    })
}

fn view_of(objects: &[Value]) -> View {
    let now = Time::parse("2026-01-01T01:00:00Z").expect("a time");
    let mut builder = Builder::new(now, "v1.36.3");
    let mut by_kind: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for object in objects {
        by_kind.entry(object["kind"].as_str().unwrap_or_default()).or_default().push(object);
    }
    for &kind in Kind::ALL {
        let mut rows = Rows::empty(kind);
        let items = by_kind.remove(kind.name()).unwrap_or_default();
        let body = json!({ "items": items }).to_string();
        rows.append_page(body.as_bytes()).expect("own JSON is a list");
        builder.set(rows, Status::Complete, None);
    }
    builder.finish()
}

/// What makes a text unfit for a terminal or a report.
fn fault_of(text: &str) -> Option<String> {
    let odd = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    if let Some(c) = text.chars().find(|c| odd(*c)) {
        return Some(format!("holds {c:?}"));
    }
    (text.chars().count() > LONGEST).then(|| format!("has {} characters", text.chars().count()))
}

fn check(finding: &Finding) -> Result<(), String> {
    let evidence = finding.evidence.iter().map(|evidence| evidence.text.as_str());
    let texts = finding.fix.iter().chain(&finding.commands).map(String::as_str).chain(evidence);
    let object = [finding.object.to_string(), finding.object.path()];
    let own = [finding.text.as_str(), finding.brief.as_str(), &object[0], &object[1]];
    for text in texts.chain(own) {
        if let Some(fault) = fault_of(text) {
            let start: String = text.chars().take(300).collect();
            return Err(format!("{} {fault}: {start:?}", finding.rule));
        }
    }
    for command in &finding.commands {
        if command.contains([';', '`', '$', '&', '<', '>']) {
            return Err(format!("{}: {command:?} does more than it says", finding.rule));
        }
    }
    Ok(())
}

fn check_all(objects: &[Value]) -> Result<(), String> {
    let view = view_of(objects);
    let outcome = run(&view, entries());
    if !outcome.failed.is_empty() {
        return Err(format!("{:?} failed", outcome.failed));
    }
    outcome.findings.iter().try_for_each(check)?;
    let found: BTreeSet<_> = outcome.findings.iter().map(|f| f.object.clone()).collect();
    let causes = fold(&view, outcome.findings);
    let named: BTreeSet<_> =
        causes.iter().flat_map(|cause| cause.findings().map(|f| f.object.clone())).collect();
    if found == named { Ok(()) } else { Err("folding lost a finding".to_owned()) }
}

/// Every place in a value, as a path.
fn places(value: &Value, path: &mut Vec<String>, all: &mut Vec<Vec<String>>) {
    let mut below = |key: String, value: &Value| {
        path.push(key);
        all.push(path.clone());
        places(value, path, all);
        path.pop();
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| below(key.clone(), value)),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| below(at.to_string(), value)),
        _ => {}
    }
}

fn at<'a>(value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter().try_fold(value, |value, key| match value {
        Value::Object(map) => map.get_mut(key),
        Value::Array(items) => items.get_mut(key.parse::<usize>().ok()?),
        _ => None,
    })
}

/// What stands in place of a value.
fn odd(kind: u8, was: &Value) -> Value {
    match kind % 24 {
        0 => Value::Null,
        1 => json!(""),
        2 => json!([]),
        3 => json!({}),
        4 => json!(i64::MAX),
        5 => json!(i64::MIN),
        6 => json!(-1),
        7 => json!(1e300),
        8 => json!(true),
        9 => json!("\u{1b}[31mred\u{1b}[0m\u{7}\r\nsecond line\t\0end"),
        10 => json!("\u{202E}gnitrats\u{2066} שלום \u{200B}"),
        11 => json!("x".repeat(10_000)),
        12 => json!("é😀".repeat(2_000)),
        13 => json!("word ".repeat(2_000)),
        14 => json!("$(reboot); `reboot` && reboot | sh > /dev/sda"),
        15 => json!("<script>alert(1)</script>](javascript:x)"),
        16 => json!("0001-01-01T00:00:00Z"),
        17 => json!("9999-12-31T23:59:59Z"),
        18 => json!("99999999999999999999999Gi"),
        19 => json!("/".repeat(300)),
        20 => json!([null, {}, "", 0]),
        21 => json!("%s%n{}{0}\\"),
        22 => match was {
            Value::Array(items) if !items.is_empty() => {
                json!(items.iter().cycle().take(items.len() * 40).collect::<Vec<_>>())
            }
            _ => json!(0),
        },
        _ => json!("."),
    }
}

#[derive(Clone, Debug)]
struct Change {
    object: usize,
    place: usize,
    kind: u8,
    removes: bool,
}

fn change() -> impl Strategy<Value = Change> {
    (any::<usize>(), any::<usize>(), any::<u8>(), prop::bool::weighted(0.15))
        .prop_map(|(object, place, kind, removes)| Change { object, place, kind, removes })
}

fn apply(objects: &mut [Value], change: &Change) {
    let count = objects.len();
    let object = &mut objects[change.object % count];
    let mut all = Vec::new();
    places(object, &mut Vec::new(), &mut all);
    all.retain(|path| *path != ["kind"]);
    if all.is_empty() {
        return;
    }
    let path = &all[change.place % all.len()];
    let (last, parent) = path.split_last().expect("a path");
    if change.removes {
        match at(object, parent) {
            Some(Value::Object(map)) => drop(map.remove(last)),
            Some(Value::Array(items)) => drop(items.pop()),
            _ => {}
        }
    } else if let Some(value) = at(object, path) {
        *value = odd(change.kind, value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn no_rule_fails_and_what_it_says_is_plain(
        cluster in any::<usize>(),
        changes in proptest::collection::vec(change(), 1..6),
    ) {
        let all = clusters();
        let mut objects = all[cluster % all.len()].clone();
        prop_assume!(!objects.is_empty());
        for change in &changes {
            apply(&mut objects, change);
        }
        let checked = check_all(&objects);
        prop_assert!(checked.is_ok(), "{:?}", checked);
    }
}

/// A hostile text or number at every place of every kind: nothing is left to chance.
#[test]
fn a_hostile_value_at_every_place_is_survived() {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut faults = BTreeSet::new();
    let hostile = format!("\u{1b}[31m$(reboot); `reboot` && <x>|\u{202E}\r\n\0{}", "é ".repeat(3_000));
    for cluster in clusters() {
        for (at_object, object) in cluster.iter().enumerate() {
            let kind = object["kind"].as_str().unwrap_or_default().to_owned();
            let mut all = Vec::new();
            places(object, &mut Vec::new(), &mut all);
            for path in all.iter().filter(|path| **path != ["kind"]) {
                let shape: Vec<&str> =
                    path.iter().map(|key| if key.parse::<usize>().is_ok() { "*" } else { key }).collect();
                if !seen.insert((kind.clone(), shape.join("."))) {
                    continue;
                }
                let mut objects = cluster.clone();
                let stead = match at(&mut objects[at_object], path) {
                    Some(Value::String(_)) => vec![json!(hostile)],
                    Some(Value::Number(_)) => vec![json!(i64::MIN), json!(i64::MAX)],
                    _ => continue,
                };
                for odd in stead {
                    at(&mut objects[at_object], path).into_iter().for_each(|value| *value = odd.clone());
                    if let Err(fault) = check_all(&objects) {
                        faults.insert(format!("{kind} {}: {fault}", shape.join(".")));
                    }
                }
            }
        }
    }
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.into_iter().collect::<Vec<_>>().join("\n")
    );
}

/// A field that is missing or null never costs the object.
#[test]
fn null_and_missing_fields_cost_nothing_else() {
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut lost = BTreeSet::new();
    for object in clusters().iter().flatten() {
        let kind_name = object["kind"].as_str().unwrap_or_default();
        let Some(kind) = Kind::parse(kind_name) else { continue };
        let mut all = Vec::new();
        places(object, &mut Vec::new(), &mut all);
        for path in all.iter().filter(|path| **path != ["kind"]) {
            let shape: Vec<&str> =
                path.iter().map(|key| if key.parse::<usize>().is_ok() { "*" } else { key }).collect();
            let shape = shape.join(".");
            if !seen.insert((kind_name.to_owned(), shape.clone())) {
                continue;
            }
            let mut changed = object.clone();
            let Some(value) = at(&mut changed, path) else { continue };
            *value = Value::Null;
            let mut rows = Rows::empty(kind);
            let body = json!({ "items": [changed] }).to_string();
            let page = rows.append_page(body.as_bytes()).expect("own JSON is a list");
            if page.skipped > 0 {
                lost.insert(format!("{kind_name} {shape}"));
            }
        }
    }
    assert!(
        lost.is_empty(),
        "null there costs the object:\n{}",
        lost.into_iter().collect::<Vec<_>>().join("\n")
    );
}

/// Owners in a circle, and an object that owns itself.
#[test]
fn owners_in_a_circle_end() {
    for cluster in clusters() {
        let mut objects = cluster.clone();
        let uids: Vec<(Value, Value, Value)> = objects
            .iter()
            .map(|o| (o["kind"].clone(), o["metadata"]["name"].clone(), o["metadata"]["uid"].clone()))
            .collect();
        let count = objects.len();
        for (at, object) in objects.iter_mut().enumerate() {
            let (kind, name, uid) = &uids[(at + 1) % count];
            if object["metadata"].is_object() && !uid.is_null() {
                object["metadata"]["ownerReferences"] =
                    json!([{ "kind": kind, "name": name, "uid": uid, "controller": true }]);
            }
        }
        let checked = check_all(&objects);
        assert!(checked.is_ok(), "{checked:?}");
    }
}

/// A configuration of Prometheus is a text that anybody may have written.
#[test]
fn hostile_configurations_end() {
    let bomb = |merge: &str| {
        let mut text = "scrape_configs:\n- &a0 {job_name: a, params: {x: [y]}}\n".to_owned();
        for level in 1..40 {
            let last = level - 1;
            let ten = vec![format!("*a{last}"); 10].join(", ");
            text.push_str(&format!("- &a{level} {{job_name: j{level}, {merge}: [{ten}]}}\n"));
        }
        text
    };
    let rule = "  - {source_labels: [a, b], regex: '((a|b)*c){0,900}[^', action: keeep, target_label: x-y}\n";
    let documents = [
        "[".repeat(100_000),
        "- ".repeat(2_000),
        "{a: ".repeat(5_000),
        "&a [*a]".to_owned(),
        bomb("<<"),
        bomb("relabel_configs"),
        bomb("static_configs"),
        format!("scrape_configs:\n- job_name: a\n  relabel_configs:\n{}", rule.repeat(500)),
        format!("scrape_configs:\n- job_name: a\n  relabel_configs: [{{regex: '{}'}}]", "(".repeat(100_000)),
        format!("scrape_configs:\n- job_name: a\n  relabel_configs: [{{regex: '{}'}}]", "{".repeat(16_000)),
        format!("scrape_configs:\n- job_name: a\n  relabel_configs: [{{regex: '{}'}}]", "[[:".repeat(5_000)),
        format!("scrape_configs:\n- job_name: a\n  relabel_configs: [{{regex: '{}'}}]", "(a".repeat(5_000)),
        format!(
            "scrape_configs:\n- job_name: a\n  relabel_configs: [{{source_labels: [{}], action: keep, regex: b}}]",
            "__meta_kubernetes_x, ".repeat(2_000)
        ),
        format!("scrape_configs: [{}]", "{job_name: a}, ".repeat(2_000)),
        format!("remote_write: [{}]", "{name: a, name: a, url: ''}, ".repeat(2_000)),
        format!("global: {{{}}}", (0..5_000).map(|n| format!("k{n}: 1, ")).collect::<String>()),
        format!("global: {{scrape_interval: {}s}}", "9".repeat(50_000)),
        format!("scrape_configs: [{{job_name: \"{}\"}}]", "\\u001b\\n\\u202e".repeat(2_000)),
        "\u{feff}\0\u{1b}[31m: \u{202e}\r\n\t- x".to_owned(),
    ];
    for document in documents {
        let pod = json!({
            "kind": "Pod", "metadata": { "name": "p", "namespace": "m" },
            "spec": {
                "volumes": [{ "name": "c", "configMap": { "name": "c" } }],
                "containers": [{
                    "name": "prometheus", "image": "prom/prometheus:v3.0.0",
                    "args": ["--config.file=/c/prometheus.yml"],
                    "volumeMounts": [{ "name": "c", "mountPath": "/c" }],
                }],
            },
        });
        let map = json!({ "kind": "ConfigMap", "metadata": { "name": "c", "namespace": "m" }, "data": { "prometheus.yml": document } });
        let start: String = document.chars().take(60).collect();
        let checked = check_all(&[pod, map]);
        assert!(checked.is_ok(), "{start}: {checked:?}");
    }
}
