//! Causes to a report: plain data out of plain data.

use crate::report::{Affected, CauseReport, ErrorEntry, Explanation, Gap, Permission, ResultEntry, Said};
use analyzers::{Cause, FilterSet, Finding};
use std::collections::{BTreeSet, HashMap};
use view::{Kind, ObjectRef, Status, View};

/// Most objects listed by name as examples of one cause.
const EXAMPLES_MAX: usize = 3;
/// Most affected objects listed by name in one result; the chain counts them all.
const AFFECTED_MAX: usize = 10;
/// Most steps of one chain.
const STEPS_MAX: usize = 20;
/// Most custom analyzers quoted for one cause.
const SAID_MAX: usize = 5;

/// One cause as the report shows it.
pub(crate) fn cause_report(cause: &Cause, explain: bool) -> CauseReport {
    let root = &cause.root;
    let replicas: Vec<&ObjectRef> = distinct(std::iter::once(root).chain(&cause.same));
    CauseReport {
        rule: root.rule,
        severity: cause.severity(),
        kind: root.object.kind.to_string(),
        name: root.object.path(),
        fingerprint: cause.fingerprint(),
        began: cause.began().map(|time| time.to_string()),
        text: root.text.clone(),
        count: replicas.len(),
        examples: replicas.iter().take(EXAMPLES_MAX).map(ToString::to_string).collect(),
        owner: cause.owner.as_ref().map(ToString::to_string),
        evidence: root.evidence.clone(),
        explains: cause.chain.iter().take(STEPS_MAX).map(affected).collect(),
        explains_more: cause.chain.len().saturating_sub(STEPS_MAX),
        affected_objects: cause.reach(),
        fix: root.fix.clone(),
        commands: root.commands.clone(),
        field: root.field,
        kubernetes_doc: String::new(),
        explanation: explain.then(|| Explanation::built_in(explain::guidance(cause))),
        said: said(cause),
    }
}

/// Custom analyzers that speak of the root, and what others explain.
fn said(cause: &Cause) -> Vec<Said> {
    let of_root = |finding: &Finding| finding.object == cause.root.object;
    let said = cause.findings().filter_map(|finding| Some((finding, finding.said.as_deref()?)));
    let said = said.filter(|(finding, said)| of_root(finding) || !said.details.is_empty());
    let said = said.map(|(_, said)| Said { by: said.by.clone(), details: said.details.clone() });
    let mut all: Vec<Said> = said.take(SAID_MAX).collect();
    all.dedup();
    all
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
    let mut places: HashMap<&ObjectRef, usize> = HashMap::new();
    for (cause, report) in causes.iter().zip(reports) {
        let root = entry(view, &cause.root, report);
        let place = *places.entry(&cause.root.object).or_insert(entries.len());
        match entries.get_mut(place) {
            Some(known) => merge(known, root),
            None => entries.push(ResultEntry { affected: touched(cause), ..root }),
        }
        // What a custom analyzer says is a result of its own, as it would be without our rules.
        for finding in cause.findings().skip(1).filter(|finding| all || finding.said.is_some()) {
            let details = finding.said.as_ref().map(|said| said.details.clone()).unwrap_or_default();
            let symptom = ResultEntry { details, ..entry(view, finding, report) };
            let place = *places.entry(&finding.object).or_insert(entries.len());
            match entries.get_mut(place) {
                Some(known) => merge(known, symptom),
                None => entries.push(symptom),
            }
        }
    }
    entries
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
    let doc = if finding.rule == report.rule { report.kubernetes_doc.clone() } else { String::new() };
    let top = view.top_owner_of(&finding.object);
    let said = finding.said.as_deref();
    let named = || said.map(|said| said.parent.clone()).unwrap_or_default();
    let parent = if top == finding.object { named() } else { format!("{}/{}", top.kind, top.name) };
    let texts = said.map_or_else(|| vec![finding.text.clone()], |said| said.errors.clone());
    let error = |text| ErrorEntry { text, kubernetes_doc: doc.clone(), sensitive: Vec::new() };
    let explained = report.explanation.as_ref().map(|e| e.text.as_str()).unwrap_or_default();
    let details = [said.map_or("", |said| said.details.as_str()), explained];
    let details = details.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n");
    ResultEntry {
        kind: finding.object.kind.to_string(),
        name: finding.object.path(),
        error: texts.into_iter().map(error).collect(),
        details,
        parent_object: parent,
        rule: finding.rule,
        affected: Vec::new(),
        said_by: said.map(|said| said.by.clone()),
    }
}

fn touched(cause: &Cause) -> Vec<String> {
    let others = cause.objects().into_iter().filter(|object| **object != cause.root.object);
    others.take(AFFECTED_MAX).map(ToString::to_string).collect()
}

/// What could not be checked, one entry a kind or custom type, with the permission that would allow it. Kinds
/// that were read for nothing but annotations are left out.
pub(crate) fn gaps(view: &View, filters: &FilterSet, namespace: Option<&str>) -> Vec<Gap> {
    let chosen = analyzers::kinds_chosen(filters);
    let needed = analyzers::kinds_needed(filters);
    let gaps = view
        .coverage
        .gaps()
        .filter(|(kind, _)| needed.contains(kind) || (*kind == Kind::Namespace && namespace.is_some()));
    let gaps = gaps.filter_map(|(kind, status)| match kind {
        Kind::CustomResource => further_types(view, status),
        _ => {
            let info = kind.info();
            let what = Unread {
                kind: info.name,
                plural: info.plural,
                group: info.group,
                namespaced: info.namespaced,
            };
            gap(&what, status, namespace, !chosen.contains(&kind))
        }
    });
    let types = view.coverage.types().filter_map(|(custom, status)| {
        let what = Unread {
            kind: &custom.kind,
            plural: &custom.plural,
            group: &custom.group,
            namespaced: custom.namespaced,
        };
        gap(&what, status, namespace, !chosen.contains(&Kind::CustomResource))
    });
    let mut gaps: Vec<Gap> = gaps.chain(types).collect();
    // Kinds of one cloud fail together and alike.
    gaps.dedup_by(|a, b| a.text == b.text);
    gaps
}

/// Custom types beyond the number that is read. Where the definitions could not be read, their own gap says so.
fn further_types(view: &View, status: &Status) -> Option<Gap> {
    let checked = view.coverage.types().filter(|(_, status)| **status != Status::NotRead).count();
    let text = format!("custom resources (only those of {checked} types were checked)");
    (*status == Status::Truncated).then(|| Gap {
        kind: Kind::CustomResource.to_string(),
        status: "truncated",
        text,
        permission: None,
        causes_only: false,
    })
}

/// A kind whose list has a gap.
struct Unread<'a> {
    kind: &'a str,
    plural: &'a str,
    group: &'a str,
    namespaced: bool,
}

fn gap(what: &Unread<'_>, status: &Status, namespace: Option<&str>, causes_only: bool) -> Option<Gap> {
    let plural = what.plural;
    let permission = Permission {
        verb: "list",
        resource: plural.to_owned(),
        group: what.group.to_owned(),
        role: if what.namespaced && namespace.is_some() { "Role" } else { "ClusterRole" },
        namespace: namespace.filter(|_| what.namespaced).map(str::to_owned),
    };
    let (name, text) = match status {
        Status::Complete | Status::Absent | Status::NotRead => return None,
        Status::Forbidden => ("forbidden", format!("{plural} (forbidden: {})", allowed_by(&permission))),
        Status::Truncated => ("truncated", format!("{plural} (the list was cut: only a part was checked)")),
        Status::Failed(reason) => ("failed", format!("{plural} ({reason})")),
        Status::NotCaptured => ("not captured", format!("{plural} (not in the snapshot)")),
    };
    let permission = (*status == Status::Forbidden).then_some(permission);
    Some(Gap { kind: what.kind.to_owned(), status: name, text, permission, causes_only })
}

/// The permission in words.
fn allowed_by(permission: &Permission) -> String {
    let Permission { verb, resource, group, role, namespace } = permission;
    let group = if group.is_empty() { String::new() } else { format!(" of API group {group}") };
    let place = namespace.as_ref().map(|namespace| format!(" in namespace {namespace}")).unwrap_or_default();
    format!("a {role}{place} with the verb {verb} on {resource}{group} would allow it")
}

/// Logs that may not be read: findings stay, their proof from the log is missing.
pub(crate) fn forbidden_logs(namespace: Option<&str>) -> Gap {
    let permission = Permission {
        verb: "get",
        resource: "pods/log".to_owned(),
        group: String::new(),
        role: if namespace.is_some() { "Role" } else { "ClusterRole" },
        namespace: namespace.map(str::to_owned),
    };
    let text = format!("logs of containers (forbidden: {})", allowed_by(&permission));
    Gap { kind: "Pod".to_owned(), status: "forbidden", text, permission: Some(permission), causes_only: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use view::{Builder, Rows, Time};

    fn gaps_of(forbidden: &[Kind], filter: &str, namespace: Option<&str>) -> Vec<Gap> {
        let mut builder = Builder::new(Time::from_unix(0), "v1.36.3");
        for &kind in Kind::ALL {
            let status = if forbidden.contains(&kind) { Status::Forbidden } else { Status::Complete };
            builder.set(Rows::empty(kind), status, namespace);
        }
        gaps(&builder.finish(), &FilterSet::explicit([filter]).0, namespace)
    }

    #[test]
    fn a_gap_names_the_permission_that_would_close_it() {
        let gaps = gaps_of(&[Kind::Event, Kind::StorageClass, Kind::PolicyReport], "Pod", None);
        let texts: Vec<&str> = gaps.iter().map(|gap| gap.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "storageclasses (forbidden: a ClusterRole with the verb list on storageclasses of API group storage.k8s.io would allow it)",
                "events (forbidden: a ClusterRole with the verb list on events would allow it)",
            ]
        );
        let only: Vec<bool> = gaps.iter().map(|gap| gap.causes_only).collect();
        assert_eq!(only, [true, false], "classes only explain what Pod finds");
    }

    #[test]
    fn in_a_namespace_a_role_is_enough() {
        let gaps = gaps_of(&[Kind::Deployment, Kind::Node], "Deployment", Some("prod"));
        let roles: Vec<(&str, Option<&str>)> = gaps
            .iter()
            .filter_map(|gap| gap.permission.as_ref())
            .map(|permission| (permission.role, permission.namespace.as_deref()))
            .collect();
        assert_eq!(roles, [("Role", Some("prod")), ("ClusterRole", None)]);
        assert!(
            gaps[0]
                .text
                .contains("a Role in namespace prod with the verb list on deployments of API group apps")
        );
        assert!(
            forbidden_logs(None).text.contains("a ClusterRole with the verb get on pods/log would allow it")
        );
    }
}
