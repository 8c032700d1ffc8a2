//! What policy engines and scanners report, gathered by policy: a thousand reports of one policy are one fault.

use crate::{Finding, Findings, Severity, Source, refusal, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{InvolvedObject, Meta, ObjectRef, ReportResult, Str, View};

/// A source with more failing policies than this is told of as a whole.
const MANY: usize = 30;

/// A report of either group, in a namespace or not.
pub(crate) struct Sheet<'a> {
    pub object: ObjectRef,
    pub meta: &'a Meta,
    pub source: &'a Str,
    pub scope: Option<&'a InvolvedObject>,
    pub results: &'a [ReportResult],
}

/// The [`Sheet`] of any of the four kinds: they have these fields in common and no type.
macro_rules! sheet {
    ($report:expr) => {
        $crate::policies::Sheet {
            object: view::Object::reference(&**$report),
            meta: &$report.metadata,
            source: &$report.source,
            scope: $report.scope.as_ref(),
            results: &$report.results,
        }
    };
}
pub(crate) use sheet;

/// All that is said of one policy.
#[derive(Default)]
struct Violated<'a> {
    source: &'a str,
    subjects: BTreeSet<ObjectRef>,
    /// Results by rule, the derived rules of an engine counted with their origin.
    rules: BTreeMap<&'a str, usize>,
    /// By namespace, the first report and the objects there.
    places: BTreeMap<Str, (ObjectRef, BTreeSet<ObjectRef>)>,
    /// The worst result: what is quoted.
    worst: Option<(Weight, &'a ReportResult, ObjectRef)>,
}

/// How much a result weighs: `fail` before `error` before `warn`, then by severity.
type Weight = (u8, u8);

/// One finding a policy, and one a namespace in which it is violated, which that one explains.
pub(crate) fn report(view: &View, sheets: &[Sheet<'_>], out: &mut Findings) {
    let mut sources: BTreeMap<&str, BTreeMap<ObjectRef, Violated<'_>>> = BTreeMap::new();
    for sheet in sheets.iter().filter(|sheet| sheet.meta.deletion_timestamp.is_none()) {
        for result in sheet.results {
            let source = if result.source.is_empty() { sheet.source } else { &result.source };
            let policy = policy(source, &result.policy);
            let violated = sources.entry(source).or_default().entry(policy).or_default();
            violated.source = source;
            violated.add(view, sheet, result);
        }
    }
    for (source, policies) in &sources {
        if policies.len() > MANY {
            overview(source, policies, out);
        } else {
            policies.iter().for_each(|(policy, violated)| one(view, policy, violated, out));
        }
    }
}

impl<'a> Violated<'a> {
    fn add(&mut self, view: &View, sheet: &Sheet<'_>, result: &'a ReportResult) {
        let named = result.resources.iter().chain(sheet.scope.filter(|_| result.resources.is_empty()));
        let subjects = named.map(|subject| subject_of(view, subject));
        let place = self.places.entry(sheet.object.namespace.clone());
        let (_, here) = place.or_insert_with(|| (sheet.object.clone(), BTreeSet::new()));
        for subject in subjects {
            here.insert(subject.clone());
            self.subjects.insert(subject);
        }
        *self.rules.entry(origin(&result.rule)).or_default() += 1;
        let weight = weight(result);
        if self.worst.as_ref().is_none_or(|(worst, ..)| weight > *worst) {
            self.worst = Some((weight, result, sheet.object.clone()));
        }
    }

    fn severity(&self) -> Severity {
        match self.worst.as_ref().map(|(weight, ..)| *weight) {
            Some((3, 2..) | (2, _)) => Severity::Warning,
            _ => Severity::Info,
        }
    }
}

/// The object or what owns it: an engine reports a Deployment, its ReplicaSets and its pods alike.
fn subject_of(view: &View, subject: &InvolvedObject) -> ObjectRef {
    let InvolvedObject { kind, namespace, name, .. } = subject;
    view.top_owner_of(&ObjectRef::new(kind.clone(), namespace.clone(), name.clone()))
}

/// The policy that a result names, as an object where its source tells of which kind it is.
fn policy(source: &str, name: &str) -> ObjectRef {
    let kind = match source {
        "kyverno" if name.contains('/') => "Policy",
        "kyverno" => "ClusterPolicy",
        "ValidatingAdmissionPolicy" | "MutatingAdmissionPolicy" => source,
        _ => source.strip_prefix("Kyverno").filter(|kind| kind.ends_with("Policy")).unwrap_or("Policy"),
    };
    match name.split_once('/').filter(|_| kind == "Policy" && source == "kyverno") {
        Some((namespace, name)) => ObjectRef::new(kind, namespace, name),
        None => ObjectRef::new(kind, "", if name.is_empty() { "without a name" } else { name }),
    }
}

/// Kyverno derives rules for workloads from those for pods, and names them after these.
fn origin(rule: &str) -> &str {
    rule.strip_prefix("autogen-cronjob-").or_else(|| rule.strip_prefix("autogen-")).unwrap_or(rule)
}

fn weight(result: &ReportResult) -> Weight {
    let kind = match result.result.as_str() {
        "fail" => 3,
        "error" => 2,
        _ => 1,
    };
    let severity = match result.severity.to_lowercase().as_str() {
        "critical" => 4,
        "high" => 3,
        "low" => 1,
        "info" => 0,
        _ => 2,
    };
    (kind, severity)
}

/// `Deployment prod/web`, `12 objects (Deployment prod/web, Deployment prod/api and 10 more)`.
fn objects(subjects: &BTreeSet<ObjectRef>) -> String {
    match subjects.len() {
        0 => "objects that it does not name".to_owned(),
        1 => words::join_some(subjects, 1),
        n => format!("{n} objects ({})", words::join_some(subjects, 3)),
    }
}

fn one(view: &View, policy: &ObjectRef, violated: &Violated<'_>, out: &mut Findings) {
    let Some((weight, worst, report)) = &violated.worst else { return };
    let who = objects(&violated.subjects);
    let state = match weight.0 {
        2 => format!("could not be evaluated for {who}"),
        _ => format!("is violated by {who}"),
    };
    let message = worst.message.trim().trim_end_matches('.');
    let message = message.strip_prefix("validation error: ").unwrap_or(message);
    let rule = match origin(&worst.rule) {
        "" => String::new(),
        rule => format!(", rule {rule}"),
    };
    let why = if message.is_empty() { String::new() } else { format!(": {message}") };
    let finding = out.on(policy.clone(), format!("{state}{rule}{why}"));
    finding.severity(violated.severity()).field("results").same(policy.to_string());
    let count = words::count(violated.subjects.len().max(1), "object");
    finding.brief(if weight.0 == 2 {
        format!("not evaluated for {count}")
    } else {
        format!("violated by {count}")
    });
    proof(violated, worst, report, finding);
    finding.fix(match violated.subjects.first() {
        _ if weight.0 == 2 => format!("repair what keeps {policy} from being evaluated"),
        Some(subject) => format!("change {subject} as the rule asks, or except it in {policy}"),
        None => format!("change what violates it as the rule asks, or except it in {policy}"),
    });
    finding.command(show(report)).because_all(refused(view, policy, violated));
    for (report, here) in violated.places.values() {
        let finding = out.on(report.clone(), format!("names {} for {policy}", objects(here)));
        finding.severity(violated.severity()).because(policy.clone());
        finding.brief(format!("names {}", words::count(here.len().max(1), "object")));
        finding.fix(format!("change them as {policy} asks, or except them there"));
    }
}

/// The workloads whose pods the policy refuses, when its reports tell of nothing else.
fn refused(view: &View, policy: &ObjectRef, violated: &Violated<'_>) -> Vec<ObjectRef> {
    let by_this = |refused: &refusal::Refused| matches!(refusal::reason(&refused.message), refusal::Reason::Policy { name, .. } if policy.name == name);
    let all = refusal::all(view).filter(by_this).map(|refused| refused.object);
    let all: Vec<(ObjectRef, ObjectRef)> = all.map(|object| (view.top_owner_of(&object), object)).collect();
    let owners: BTreeSet<&ObjectRef> = all.iter().map(|(owner, _)| owner).collect();
    match violated.subjects.iter().all(|subject| owners.contains(subject)) {
        true => {
            let reported = all.into_iter().filter(|(owner, _)| violated.subjects.contains(owner));
            reported.map(|(_, object)| object).collect()
        }
        false => Vec::new(),
    }
}

fn proof(violated: &Violated<'_>, worst: &ReportResult, report: &ObjectRef, finding: &mut Finding) {
    let known = [("source", violated.source), ("category", &worst.category), ("severity", &worst.severity)];
    let known = known.iter().filter(|(_, value)| !value.is_empty());
    let known: Vec<String> = known.map(|(name, value)| format!("{name} {value}")).collect();
    let rule = if worst.rule.is_empty() { String::new() } else { format!(" rule {}", worst.rule) };
    finding.proof(Source::Status, format!("{report}: {}{rule}: {}", worst.result, worst.message));
    finding.proof(Source::Status, known.join(", "));
    if violated.rules.len() > 1 {
        let rules = violated.rules.iter().map(|(rule, count)| format!("{rule} ({count})"));
        finding.proof(Source::Status, format!("rules: {}", words::join_some(rules, 6)));
    }
    if violated.subjects.len() > 3 {
        finding.proof(Source::Cluster, format!("violated by {}", words::join_some(&violated.subjects, 12)));
    }
}

/// One finding for a source whose policies are too many to tell one by one.
fn overview(source: &str, policies: &BTreeMap<ObjectRef, Violated<'_>>, out: &mut Findings) {
    let subjects: BTreeSet<ObjectRef> = policies.values().flat_map(|v| v.subjects.iter().cloned()).collect();
    let worst = policies.values().filter_map(|violated| violated.worst.as_ref()).max_by_key(|worst| worst.0);
    let Some((_, worst, report)) = worst else { return };
    let source = if source.is_empty() { "its source" } else { source };
    let says = format!(
        "and others of {source} name {} failing policies on {}; the worst is {}: {}",
        policies.len(),
        objects(&subjects),
        worst.policy,
        worst.message.trim().trim_end_matches('.')
    );
    let finding = out.on(report.clone(), says);
    finding.brief(format!("{} policies fail", policies.len())).field("results").same(source.to_owned());
    finding.severity(policies.values().map(Violated::severity).max().unwrap_or(Severity::Info));
    finding.proof(Source::Status, format!("{report}: {}, severity {}", worst.policy, worst.severity));
    let mut most: Vec<(usize, &ObjectRef)> = policies.iter().map(|(p, v)| (v.subjects.len(), p)).collect();
    most.sort_by_key(|(count, policy)| (std::cmp::Reverse(*count), *policy));
    let most = most.iter().map(|(count, policy)| format!("{} ({count})", policy.name));
    finding.proof(Source::Cluster, format!("violated most: {}", words::join_some(most, 8)));
    finding.fix(format!("begin with what {source} holds for worst: {}", worst.policy));
    finding.command(show(report));
    let mut places: BTreeMap<&Str, &ObjectRef> = BTreeMap::new();
    for (namespace, (first, _)) in policies.values().flat_map(|violated| &violated.places) {
        places.entry(namespace).or_insert(first);
    }
    for first in places.values().filter(|first| **first != report) {
        let finding = out.on((*first).clone(), format!("holds failing policies of {source} too"));
        finding.severity(Severity::Info).because(report.clone()).brief("policies fail");
        finding.fix(format!("begin with what {source} holds for worst: {}", worst.policy));
    }
}

fn show(report: &ObjectRef) -> String {
    let group = if report.kind.ends_with("PolicyReport") { "wgpolicyk8s.io" } else { "openreports.io" };
    let plural = format!("{}s.{group}", report.kind.to_lowercase());
    match report.namespace.as_str() {
        "" => format!("kubectl get {plural} {} -o yaml", report.name),
        namespace => format!("kubectl -n {namespace} get {plural} {} -o yaml", report.name),
    }
}
