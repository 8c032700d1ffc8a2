//! What leaves: no name where names are masked, and nothing but what was asked for where a model looks.

use super::*;
use engine::cluster::ListQuery;
use std::collections::BTreeSet;

const LISTED: [&str; 8] =
    ["Namespace", "Node", "Pod", "Deployment", "Service", "ConfigMap", "Secret", "Ingress"];

/// Names in the demo that are words of Kubernetes too (a kind, a field, an object that every cluster has). The mask
/// keeps such words wherever they stand, so these names are sent as they are; no other one may be.
const WORDS: [&str; 6] = ["data", "default", "gateway", "kube-root-ca.crt", "kubernetes", "reports"];

fn parts(path: &str) -> impl Iterator<Item = String> + '_ {
    path.rsplit(' ').next().unwrap_or_default().split('/').map(str::to_owned)
}

/// The names of the report's objects and of the cluster's.
async fn names(engine: &Engine, report: &Report) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ["production", "checkout", "gateway"].map(str::to_owned).into();
    for cause in &report.causes {
        let further =
            cause.examples.iter().chain(&cause.owner).chain(cause.explains.iter().map(|e| &e.object));
        names.extend(parts(&cause.name).chain(further.flat_map(|path| parts(path))));
    }
    for kind in LISTED {
        let resource = engine.cluster().resolve(kind).await.expect("the kind");
        let page = engine.cluster().list(&ListQuery::all(resource)).await.expect("a list");
        for pointer in ["/metadata/name", "/metadata/namespace"] {
            let found = page.items.iter().filter_map(|item| item.pointer(pointer)?.as_str());
            names.extend(found.map(str::to_owned));
        }
    }
    names.retain(|name| name.len() > 2 && !WORDS.contains(&name.as_str()));
    names
}

/// Whether a text holds a name as a word of its own.
fn holds(text: &str, name: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    text.match_indices(name).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + name.len()..]);
        !before.ends_with(inside) && !after.starts_with(inside)
    })
}

/// Looks at the object and the events of a cause first, then explains and names the object.
fn looks(request: &server::Request, _: usize) -> Reply {
    let object = told(request, "object");
    let (kind, path) = object.split_once(' ').unwrap_or_default();
    let (namespace, name) = path.split_once('/').unwrap_or(("", path));
    if turns(request).len() > 2 {
        return answer(&explanation(&format!("The fault is in {path} itself.")));
    }
    let args = json!({ "kind": kind, "namespace": namespace, "name": name, "container": "" });
    let look = [json!({ "tool": "get_object", "args": args }), json!({ "tool": "events", "args": args })];
    answer(
        &json!({ "cause": "", "steps": [], "commands": [], "confidence": "low", "look": look }).to_string(),
    )
}

#[tokio::test]
async fn a_model_looks_before_it_answers() {
    let (report, seen) = analyzed(Request { investigate: true, ..explained() }, looks).await;
    assert_eq!(seen.len(), report.causes.len() * 2);
    for cause in &report.causes {
        let explanation = cause.explanation.as_ref().expect("an explanation");
        let wanted = ["get_object", "events"].map(|tool| format!("{tool}: {} {}", cause.kind, cause.name));
        assert_eq!(explanation.looked, wanted);
        assert!(explanation.text.contains(&cause.name), "{}", explanation.text);
    }
    let found: Vec<_> = seen.iter().map(turns).filter(|turns| turns.len() > 2).collect();
    assert_eq!(found.len(), report.causes.len());
    let last = |turns: &[(String, String)]| turns.last().map(|turn| turn.1.clone()).unwrap_or_default();
    assert!(found.iter().all(|turns| turns.len() == 4 && last(turns).contains("\"tool\": \"get_object\"")));
    assert!(found.iter().any(|turns| last(turns).contains("metadata:")), "an object is shown");
    // Without being asked to, nobody looks.
    let (report, seen) = analyzed(explained(), looks).await;
    assert!(report.causes.iter().all(|c| c.explanation.as_ref().is_some_and(|e| e.looked.is_empty())));
    assert!(seen.iter().all(|request| !last(&turns(request)).contains("metadata:")));
}

#[tokio::test]
async fn no_name_leaves_where_names_are_masked() {
    let (url, seen) = start(looks).await;
    let folder = folder();
    let engine = engine(folder.path(), &url).await;
    let request = Request { anonymize: Some(true), investigate: true, ..explained() };
    let report = engine.analyze(&Request { namespace: None, ..request.clone() }).await.expect("a report");
    let names = names(&engine, &report).await;
    assert!(names.len() > 50, "{names:?}");
    let seen = requests(&seen);
    assert_eq!(seen.len(), report.causes.len() * 2);
    let mut leaks = BTreeSet::new();
    for request in &seen {
        let turns = turns(request);
        let quoted = turns[1..].iter().map(|turn| turn.1.as_str());
        for text in quoted {
            let leaked = names.iter().filter(|name| holds(text, name));
            leaks.extend(leaked.map(|name| {
                let at = text.find(name.as_str()).unwrap_or_default();
                let around =
                    text.floor_char_boundary(at.saturating_sub(60))..text.floor_char_boundary(at + 60);
                format!("{name}: {:?}", &text[around])
            }));
        }
    }
    assert!(leaks.is_empty(), "{leaks:#?}");
    for cause in &report.causes {
        let explanation = cause.explanation.as_ref().expect("an explanation");
        let wanted = format!("The fault is in {} itself.", cause.name);
        assert!(explanation.text.contains(&wanted), "{}", explanation.text);
        assert_eq!(explanation.looked[0], format!("get_object: {} {}", cause.kind, cause.name));
    }
    let line = report.explained_by.unwrap_or_default();
    assert!(line.contains("names masked"), "{line}");
}

/// Masks of a cached answer are turned back by a process that never gave them out.
#[tokio::test]
async fn a_cached_answer_is_unmasked_too() {
    let (url, seen) = start(|request, _| answer(&explanation(&told(request, "object")))).await;
    let folder = folder();
    let request = Request { anonymize: Some(true), ..explained() };
    let first = engine(folder.path(), &url).await.analyze(&request).await.expect("a report");
    let calls = requests(&seen).len();
    let second = engine(folder.path(), &url).await.analyze(&request).await.expect("a report");
    assert_eq!(requests(&seen).len(), calls);
    for cause in first.causes.iter().chain(&second.causes) {
        let text = cause.explanation.as_ref().map(|e| e.text.as_str()).unwrap_or_default();
        assert!(text.contains(&format!("{} {}", cause.kind, cause.name)), "{text}");
    }
    for file in walk(&folder.path().join("cache")) {
        let entry = std::fs::read_to_string(&file).expect("text");
        assert!(!holds(&entry, NAMESPACE), "{entry}");
    }
}

/// A name that only a look has shown is turned back in the second run, too: its mask means nothing to a run that
/// did not look.
#[tokio::test]
async fn an_answer_that_names_what_was_looked_at_is_unmasked_each_time() {
    let script = |request: &server::Request, number: usize| {
        let turns = turns(request);
        let seen = |text: &str| -> BTreeSet<String> {
            let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
            words.filter(|word| word.starts_with("name-")).map(str::to_owned).collect()
        };
        let known = seen(&turns[1].1);
        match turns
            .get(3)
            .map(|turn| seen(&turn.1))
            .and_then(|found| found.difference(&known).next().cloned())
        {
            Some(new) => answer(&explanation(&format!("It is {new}"))),
            None => looks(request, number),
        }
    };
    let (url, _) = start(script).await;
    let folder = folder();
    let request = Request { anonymize: Some(true), investigate: true, ..explained() };
    for _ in 0..2 {
        let report = engine(folder.path(), &url).await.analyze(&request).await.expect("a report");
        let texts = report.causes.iter().filter_map(|cause| cause.explanation.as_ref()).map(|e| &e.text);
        let named: Vec<_> = texts.filter(|text| text.starts_with("It is ")).collect();
        assert!(!named.is_empty(), "some look shows a name that the question has not");
        assert!(named.iter().all(|text| !text.starts_with("It is name-")), "{named:?}");
    }
}

fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the cache").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}
