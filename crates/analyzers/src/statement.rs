//! What custom analyzers say: taken in beside the findings of rules, marked, and never as proof.

use crate::finding::Findings;
use crate::{Finding, Severity, Source, words};
use std::collections::HashSet;
use view::{Kind, ObjectRef, View};

/// Stands where the id of a rule stands.
pub const CUSTOM: &str = "custom/result";

/// Most characters of a text in a chain of causes.
const BRIEF_MAX: usize = 120;
/// Most lines, and characters of a line, of an explanation.
const DETAILS_LINES: usize = 40;

/// What an analyzer that is none of ours says of one object, as it came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// Name of the analyzer, from the configuration.
    pub analyzer: String,
    /// Kind of the object; may be anything, or empty.
    pub kind: String,
    /// `namespace/name` or `name`; may be empty.
    pub name: String,
    /// What is wrong with it.
    pub errors: Vec<String>,
    /// An explanation; may be empty.
    pub details: String,
    /// `Kind/name` of what owns the object; may be empty.
    pub parent: String,
}

/// Who says a finding that no rule found. Every text is bounded and without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Name of the analyzer.
    pub by: String,
    /// Its errors, one line each.
    pub errors: Vec<String>,
    /// Its explanation, several lines; may be empty.
    pub details: String,
    /// What it names as the owner; may be empty.
    pub parent: String,
}

/// Adds what custom analyzers say to the findings of rules. A statement about an object of which a rule speaks
/// is explained by what explains that, and stands beside its proof; so is one whose owner a rule speaks of.
pub fn take_in(view: &View, findings: &mut Vec<Finding>, statements: &[Statement], namespace: Option<&str>) {
    let spoken: HashSet<ObjectRef> = findings.iter().map(|finding| finding.object.clone()).collect();
    let ours = findings.len();
    for statement in statements {
        let object = object(view, statement, namespace);
        let mut finding = finding(statement, &object);
        if spoken.contains(&object) {
            beside(&mut findings[..ours], &finding);
            finding.because.push(object.clone());
        }
        let owner = owner(&object, &statement.parent).filter(|owner| spoken.contains(owner));
        finding.because.extend(owner.filter(|owner| *owner != object));
        findings.push(finding);
    }
}

/// The object in the words of the View where it is there, else in those of the analyzer.
fn object(view: &View, statement: &Statement, namespace: Option<&str>) -> ObjectRef {
    let or = |text: String| if text.is_empty() { statement.analyzer.clone() } else { text };
    let kind = or(words::bounded(&statement.kind));
    let path = or(words::bounded(&statement.name));
    let known = Kind::ALL.iter().map(|kind| kind.name()).find(|name| name.eq_ignore_ascii_case(&kind));
    let kind = known.unwrap_or(&kind);
    if let Some((namespace, name)) = path.split_once('/') {
        return ObjectRef::new(kind, namespace, name);
    }
    let bare = ObjectRef::new(kind, "", path.as_str());
    let here = namespace.map(|namespace| ObjectRef::new(kind, namespace, path.as_str()));
    here.filter(|here| view.metadata_of(&bare).is_none() && view.metadata_of(here).is_some()).unwrap_or(bare)
}

/// `Kind/name`, `Kind/namespace/name`, or `Kind namespace/name`; in the namespace of the object where it names
/// none.
fn owner(object: &ObjectRef, parent: &str) -> Option<ObjectRef> {
    let (kind, path) = parent.trim().split_once(['/', ' '])?;
    let known = Kind::ALL.iter().map(|kind| kind.name()).find(|name| name.eq_ignore_ascii_case(kind))?;
    match path.split_once('/') {
        Some((namespace, name)) => Some(ObjectRef::new(known, namespace, name)),
        None => Some(ObjectRef::new(known, object.namespace.clone(), path)),
    }
}

/// The statement as a finding, whose severity nobody knows: a warning.
fn finding(statement: &Statement, object: &ObjectRef) -> Finding {
    let by = words::bounded(&statement.analyzer);
    let details = details(&statement.details);
    let mut errors: Vec<String> = statement.errors.iter().map(|text| words::bounded(text)).collect();
    errors.retain(|text| !text.is_empty());
    if errors.is_empty() {
        errors.extend(details.lines().next().map(str::to_owned));
    }
    let first = errors.first().cloned().unwrap_or_default();
    let mut out = Findings::new(CUSTOM, "", Severity::Warning);
    let found = out.on(object.clone(), "");
    found.text = words::line(&format!("{object}: {first} (says custom analyzer {by})"));
    found.brief(format!("{} (says custom analyzer {by})", shortened(&first)));
    found.same(format!("{by} {}", words::without_names(&first, object)));
    for more in errors.iter().skip(1) {
        found.proof(Source::Custom, format!("{by}: {more}"));
    }
    found.fix(format!("look at {object} for what custom analyzer {by} says; nothing here has checked it"));
    let parent = words::bounded(&statement.parent);
    found.said = Some(Box::new(Said { by, errors, details, parent }));
    let mut found = out.list;
    found.swap_remove(0)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(BRIEF_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Lines stay lines; each is bounded, and so is their number.
fn details(text: &str) -> String {
    let mut lines: Vec<String> = text.trim().lines().map(words::bounded).take(DETAILS_LINES).collect();
    if text.trim().lines().nth(DETAILS_LINES).is_some() {
        lines.push("…".to_owned());
    }
    lines.join("\n").trim().to_owned()
}

/// Puts the statement beside the proof of what rules say of the object: as a part of their chain it would not
/// be read.
fn beside(ours: &mut [Finding], statement: &Finding) {
    let Some(said) = &statement.said else { return };
    let first = ours.iter_mut().find(|finding| finding.object == statement.object);
    let Some(first) = first else { return };
    for error in &said.errors {
        first.proof(Source::Custom, format!("{}: {error}", said.by));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold;

    fn statement(kind: &str, name: &str, error: &str) -> Statement {
        Statement {
            analyzer: "disk-check".to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            errors: vec![error.to_owned()],
            ..Statement::default()
        }
    }

    fn ours(object: ObjectRef) -> Finding {
        let mut out = Findings::new("pod/crash-loop", "Pod", Severity::Error);
        out.on(object, "crashes").brief("crashes").fix("mend it");
        out.list.swap_remove(0)
    }

    #[test]
    fn what_is_said_of_something_unknown_is_a_cause_of_its_own() {
        let view = View::default();
        let mut findings = Vec::new();
        let said =
            Statement { details: "a\n\u{1b}[31mb".to_owned(), ..statement("", "", "disk\nis \u{7}full") };
        take_in(&view, &mut findings, &[said], None);
        let causes = fold(&view, findings);
        assert_eq!(
            causes[0].root.text,
            "disk-check disk-check: disk is full (says custom analyzer disk-check)"
        );
        assert_eq!(causes[0].root.said.as_ref().unwrap().details, "a\n[31mb");
        assert_eq!(causes[0].root.rule, CUSTOM);
    }

    #[test]
    fn what_is_said_of_a_broken_object_folds_there() {
        let view = View::default();
        let pod = ObjectRef::new("Pod", "prod", "web-0");
        let mut findings = vec![ours(pod.clone())];
        let second = Statement { analyzer: "other".to_owned(), ..statement("pod", "prod/web-0", "is slow") };
        let third =
            Statement { parent: "Pod/web-0".to_owned(), ..statement("Objective", "prod/x", "is missed") };
        take_in(&view, &mut findings, &[statement("Pod", "prod/web-0", "leaks"), second, third], None);
        let causes = fold(&view, findings);
        assert_eq!(causes.len(), 1, "{causes:#?}");
        assert_eq!(causes[0].root.rule, "pod/crash-loop");
        let proof: Vec<&str> = causes[0].root.evidence.iter().map(|e| e.text.as_str()).collect();
        assert_eq!(proof, ["disk-check: leaks", "other: is slow"]);
        assert_eq!(causes[0].chain[0].brief, "is missed (says custom analyzer disk-check)");
        assert_eq!(causes[0].symptoms.len(), 3);
    }

    #[test]
    fn what_is_said_explains_nothing() {
        let view = View::default();
        let node = ObjectRef::new("Node", "", "n1");
        let mut pod = ours(ObjectRef::new("Pod", "prod", "web-0"));
        pod.because(node);
        let mut findings = vec![pod];
        take_in(&view, &mut findings, &[statement("Node", "n1", "all is well")], None);
        assert_eq!(fold(&view, findings).len(), 2);
    }
}
