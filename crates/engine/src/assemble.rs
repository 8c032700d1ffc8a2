//! Causes to a report: plain data out of plain data.

use crate::report::{Affected, CauseReport, ErrorEntry, Explanation, Gap, ResultEntry};
use analyzers::{Cause, Finding};
use std::collections::BTreeSet;
use view::{Kind, ObjectRef, Status, View};

/// Most objects listed by name as examples of one cause.
const EXAMPLES_MAX: usize = 3;
/// Most affected objects listed by name in one result; the chain counts them all.
const AFFECTED_MAX: usize = 20;

/// One cause as the report shows it.
pub(crate) fn cause_report(cause: &Cause, explain: bool) -> CauseReport {
    let root = &cause.root;
    let replicas: Vec<&ObjectRef> = distinct(std::iter::once(root).chain(&cause.same));
    CauseReport {
        rule: root.rule,
        severity: cause.severity(),
        kind: root.object.kind.to_string(),
        name: root.object.path(),
        text: root.text.clone(),
        count: replicas.len(),
        examples: replicas.iter().take(EXAMPLES_MAX).map(ToString::to_string).collect(),
        owner: cause.owner.as_ref().map(ToString::to_string),
        evidence: root.evidence.clone(),
        explains: cause.chain.iter().map(affected).collect(),
        affected_objects: cause.objects().len(),
        fix: root.fix.clone(),
        commands: root.commands.clone(),
        field: root.field,
        kubernetes_doc: String::new(),
        explanation: explain
            .then(|| Explanation { source: explain::BUILT_IN.to_owned(), text: explain::guidance(cause) }),
    }
}

fn affected(link: &analyzers::Link) -> Affected {
    Affected {
        object: link.object.to_string(),
        brief: link.brief.clone(),
        rule: link.rule,
        count: link.count,
    }
}

fn distinct<'a>(findings: impl Iterator<Item = &'a Finding>) -> Vec<&'a ObjectRef> {
    let mut seen = BTreeSet::new();
    findings.map(|finding| &finding.object).filter(|object| seen.insert(*object)).collect()
}

/// The entries of `results`: one a root object, or one an affected object with `all`.
pub(crate) fn results(view: &View, causes: &[Cause], reports: &[CauseReport], all: bool) -> Vec<ResultEntry> {
    let mut entries: Vec<ResultEntry> = Vec::new();
    for (cause, report) in causes.iter().zip(reports) {
        let root = entry(view, &cause.root, report);
        match of_same_object(&mut entries, &root) {
            Some(known) => merge(known, root),
            None => entries.push(ResultEntry { affected: touched(cause), ..root }),
        }
        if all {
            for finding in cause.same.iter().chain(&cause.symptoms) {
                let symptom = entry(view, finding, report);
                match of_same_object(&mut entries, &symptom) {
                    Some(known) => merge(known, symptom),
                    None => entries.push(ResultEntry { details: String::new(), ..symptom }),
                }
            }
        }
    }
    entries
}

fn of_same_object<'a>(entries: &'a mut [ResultEntry], entry: &ResultEntry) -> Option<&'a mut ResultEntry> {
    entries.iter_mut().find(|known| known.kind == entry.kind && known.name == entry.name)
}

fn merge(known: &mut ResultEntry, more: ResultEntry) {
    for error in more.error {
        if !known.error.iter().any(|e| e.text == error.text) {
            known.error.push(error);
        }
    }
    if !more.details.is_empty() && !known.details.contains(&more.details) {
        known.details = format!("{}\n\n{}", known.details, more.details).trim().to_owned();
    }
}

fn entry(view: &View, finding: &Finding, report: &CauseReport) -> ResultEntry {
    let top = view.top_owner_of(&finding.object);
    let parent = if top == finding.object { String::new() } else { format!("{}/{}", top.kind, top.name) };
    let doc = if finding.rule == report.rule { report.kubernetes_doc.clone() } else { String::new() };
    ResultEntry {
        kind: finding.object.kind.to_string(),
        name: finding.object.path(),
        error: vec![ErrorEntry { text: finding.text.clone(), kubernetes_doc: doc, sensitive: Vec::new() }],
        details: report.explanation.as_ref().map(|e| e.text.clone()).unwrap_or_default(),
        parent_object: parent,
        rule: finding.rule,
        affected: Vec::new(),
    }
}

fn touched(cause: &Cause) -> Vec<String> {
    let others = cause.objects().into_iter().filter(|object| **object != cause.root.object);
    others.take(AFFECTED_MAX).map(ToString::to_string).collect()
}

/// What could not be checked, one entry a kind or custom type, with the permission that would allow it.
pub(crate) fn gaps(view: &View) -> Vec<Gap> {
    let kinds = view.coverage.gaps().filter_map(|(kind, status)| match kind {
        Kind::CustomResource => further_types(view, status),
        _ => gap(kind.name(), kind.info().plural, &qualified(kind.info().plural, kind.info().group), status),
    });
    let types = view.coverage.types().filter_map(|(custom, status)| {
        let resource = qualified(&custom.plural, &custom.group);
        gap(&custom.kind, &resource, &resource, status)
    });
    kinds.chain(types).collect()
}

/// Custom types beyond the number that is read. Where the definitions could not be read, their own gap says so.
fn further_types(view: &View, status: &Status) -> Option<Gap> {
    let checked = view.coverage.types().filter(|(_, status)| **status != Status::NotRead).count();
    let text = format!("custom resources (only those of {checked} types were checked)");
    (*status == Status::Truncated).then(|| Gap {
        kind: Kind::CustomResource.to_string(),
        status: "truncated",
        text,
    })
}

fn qualified(plural: &str, group: &str) -> String {
    if group.is_empty() { plural.to_owned() } else { format!("{plural}.{group}") }
}

fn gap(kind: &str, plural: &str, resource: &str, status: &Status) -> Option<Gap> {
    let (name, text) = match status {
        Status::Complete | Status::Absent | Status::NotRead => return None,
        Status::Forbidden => {
            ("forbidden", format!("{plural} (forbidden: the permission to list {resource} would allow it)"))
        }
        Status::Truncated => ("truncated", format!("{plural} (the list was cut: only a part was checked)")),
        Status::Failed(reason) => ("failed", format!("{plural} ({reason})")),
        Status::NotCaptured => ("not captured", format!("{plural} (not in the snapshot)")),
    };
    Some(Gap { kind: kind.to_owned(), status: name, text })
}
