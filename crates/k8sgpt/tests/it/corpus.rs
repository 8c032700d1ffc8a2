//! The corpus: recordings of real clusters with planted faults and healthy look-alikes. Every fault must be
//! named, once, and nothing else said. `corpus/README.md` tells the format.

use crate::{home, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What a scenario asks for.
struct Scenario {
    name: String,
    /// One entry a fault; none in a healthy scenario.
    causes: Vec<Wanted>,
    /// Words that no cause of it may say.
    never: Vec<String>,
    /// Cluster-scoped objects of its own, as `Kind name`.
    owns: Vec<String>,
}

struct Wanted {
    /// The root object: `Kind`, or `Kind name-prefix`.
    on: Vec<String>,
    /// Words of its sentence or its evidence.
    says: Vec<String>,
}

/// How a group came out.
#[derive(Default)]
struct Tally {
    faults: usize,
    named: usize,
    flagged: usize,
    causes: usize,
    healthy: usize,
    false_alarms: usize,
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus")
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        list => list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
    }
}

fn scenario(file: &Path) -> Scenario {
    let name = stem(file);
    let text = std::fs::read_to_string(file).unwrap().replace("{ns}", &name);
    let options = serde_saphyr::options! { budget: None, with_snippet: false };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(&text, options)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let head = &documents[0];
    assert!(head["scenario"].is_string(), "{}: no scenario", file.display());
    let wanted = |cause: &Value| Wanted { on: texts(&cause["object"]), says: texts(&cause["says"]) };
    let of = |object: &Value, pointer: &str| {
        object.pointer(pointer).and_then(Value::as_str).unwrap_or("").to_owned()
    };
    let owns = documents[1..].iter().map(|o| format!("{} {}", of(o, "/kind"), of(o, "/metadata/name")));
    let causes = head["causes"].as_array().into_iter().flatten().map(wanted).collect();
    Scenario { causes, never: texts(&head["never"]), owns: owns.chain(texts(&head["owns"])).collect(), name }
}

/// Whether a cause is about this scenario: its root or what it explains lies in the namespace, or the root is a
/// cluster-scoped object of it.
fn belongs(cause: &Value, scenario: &Scenario) -> bool {
    let inside = format!("{}/", scenario.name);
    let root = format!("{} {}", text(cause, "kind"), text(cause, "name"));
    let explained = cause["explains"].as_array().into_iter().flatten();
    text(cause, "name").starts_with(&inside)
        || scenario.owns.contains(&root)
        || root == format!("Namespace {}", scenario.name)
        || explained.into_iter().any(|link| text(link, "object").contains(&format!(" {inside}")))
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// Everything that a cause says.
fn words(cause: &Value) -> String {
    let evidence = cause["evidence"].as_array().into_iter().flatten();
    evidence.fold(text(cause, "text").to_owned(), |all, one| format!("{all}\n{}", text(one, "text")))
}

fn names(cause: &Value, wanted: &Wanted, namespace: &str) -> bool {
    let root = format!(
        "{} {}",
        text(cause, "kind"),
        text(cause, "name").trim_start_matches(&format!("{namespace}/"))
    );
    let on = wanted
        .on
        .iter()
        .any(|on| root == *on || root.starts_with(&format!("{on} ")) || root.starts_with(&format!("{on}-")));
    let said = words(cause).to_lowercase();
    on && wanted.says.iter().all(|word| said.contains(&word.to_lowercase()))
}

fn analyse(recording: &Path) -> Vec<Value> {
    let home = home();
    let path = recording.display().to_string();
    let ran = run(home.path(), &["analyze", "--snapshot", &path, "-o", "json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["not_checked"], serde_json::json!([]), "{path}");
    assert_eq!(report["errors"], Value::Null, "{path}");
    report["causes"].as_array().unwrap().clone()
}

/// Judges a group; what is wrong is written into `problems`.
fn judge(group: &Path, problems: &mut String) -> Tally {
    let scenarios: Vec<Scenario> = sorted(group).iter().map(|file| scenario(file)).collect();
    let causes = analyse(&corpus().join("recordings").join(format!("{}.tar.gz", stem(group))));
    let mut tally = Tally::default();
    for scenario in &scenarios {
        let own: Vec<&Value> = causes.iter().filter(|cause| belongs(cause, scenario)).collect();
        let said = || {
            own.iter()
                .fold(String::new(), |all, c| format!("{all}\n    {} [{}]", text(c, "text"), text(c, "rule")))
        };
        let named =
            scenario.causes.iter().filter(|w| own.iter().any(|c| names(c, w, &scenario.name))).count();
        tally.faults += scenario.causes.len();
        tally.named += named;
        tally.flagged += scenario.causes.len().min(own.len());
        if scenario.causes.is_empty() {
            tally.healthy += 1;
            tally.false_alarms += own.len();
        } else {
            tally.causes += own.len();
        }
        let forbidden =
            scenario.never.iter().find(|word| own.iter().any(|c| words(c).contains(word.as_str())));
        if named < scenario.causes.len() || own.len() != scenario.causes.len() || forbidden.is_some() {
            let (wanted, path) = (scenario.causes.len(), format!("{}/{}", stem(group), scenario.name));
            let _ = writeln!(problems, "  {path}: {named} of {wanted} named, {} said{}", own.len(), said());
        }
    }
    for stray in causes.iter().filter(|cause| !scenarios.iter().any(|s| belongs(cause, s))) {
        tally.false_alarms += 1;
        let _ = writeln!(
            problems,
            "  {}: nobody planted this: {} [{}]",
            stem(group),
            text(stray, "text"),
            text(stray, "rule")
        );
    }
    tally
}

#[test]
fn every_fault_of_the_corpus_is_named_once_and_nothing_else_is_said() {
    let mut problems = String::new();
    let mut table: BTreeMap<String, Tally> = BTreeMap::new();
    for group in sorted(&corpus()).iter().filter(|path| path.is_dir() && !path.ends_with("recordings")) {
        let tally = judge(group, &mut problems);
        let all = table.entry("~ all".into()).or_default();
        all.add(&tally);
        table.insert(stem(group), tally);
    }
    if std::env::var_os("CORPUS_TABLE").is_some() {
        eprintln!("{}{problems}", rendered(&table));
    }
    let all = &table["~ all"];
    assert!(all.faults >= 80 && all.healthy >= 40, "{} faults, {} healthy", all.faults, all.healthy);
    assert!(problems.is_empty(), "\n{problems}");
}

impl Tally {
    fn add(&mut self, other: &Tally) {
        self.faults += other.faults;
        self.named += other.named;
        self.flagged += other.flagged;
        self.causes += other.causes;
        self.healthy += other.healthy;
        self.false_alarms += other.false_alarms;
    }
}

fn rendered(table: &BTreeMap<String, Tally>) -> String {
    let mut out = String::from(
        "\n| group | faults | cause named | flagged | causes a fault | healthy | false alarms |\n|---|---|---|---|---|---|---|\n",
    );
    for (name, t) in table {
        let ratio = t.causes as f64 / t.faults.max(1) as f64;
        let name = name.trim_start_matches("~ ");
        let _ = writeln!(
            out,
            "| {name} | {} | {} | {} | {ratio:.2} | {} | {} |",
            t.faults, t.named, t.flagged, t.healthy, t.false_alarms
        );
    }
    out
}
