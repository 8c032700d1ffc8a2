//! The answer to a request, and its JSON form: a superset of the original tool's document.

use analyzers::{Evidence, Severity};
use serde::Serialize;
use std::collections::BTreeMap;

/// What an analysis found. Serialises to the original's keys (`provider`, `errors`, `status`,
/// `problems`, `results`) with further keys beside them. Everything that differs between two runs over
/// the same View (times, request counts, transport) sits in `run`.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// AI provider that explained; empty without explanations.
    pub provider: String,
    /// What went wrong while analysing; `null` when nothing did.
    pub errors: Option<Vec<String>>,
    /// `OK` or `ProblemDetected`.
    pub status: &'static str,
    /// Number of entries in `results`.
    pub problems: usize,
    /// One entry a root object (every affected object with `all`); `null` when there is none.
    pub results: Option<Vec<ResultEntry>>,
    /// Root causes, worst and farthest-reaching first.
    pub causes: Vec<CauseReport>,
    /// Kinds that could not be checked wholly, and why.
    pub not_checked: Vec<Gap>,
    /// Causes hidden because they are known, or began too early for the request.
    pub suppressed: usize,
    /// What hides them.
    pub suppressed_by: Suppressed,
    /// The hidden causes, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suppressed_causes: Option<Vec<SuppressedCause>>,
    /// What the reader should know beside it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The one object that was diagnosed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Diagnosed>,
    /// How many objects the causes affect, each counted once.
    pub affected_objects: usize,
    /// Where explanations come from, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explained_by: Option<String>,
    /// Filters that were active, then the custom analyzers that were asked.
    pub filters: Vec<String>,
    /// What differs from run to run.
    pub run: Run,
    /// Every affected object was asked for.
    #[serde(skip)]
    pub all: bool,
}

/// How many causes are hidden, by who hides them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Suppressed {
    /// Entries of the ignore file.
    pub ignore_file: usize,
    /// Annotations `k8sgpt.ai/ignore`.
    pub annotations: usize,
    /// The baseline has them.
    pub baseline: usize,
    /// They began earlier than was asked for.
    pub older: usize,
}

impl Suppressed {
    /// All together.
    pub fn count(&self) -> usize {
        self.ignore_file + self.annotations + self.baseline + self.older
    }
}

/// A cause that is hidden.
#[derive(Clone, Debug, Serialize)]
pub struct SuppressedCause {
    /// Rule of the root finding.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Kind of the root object.
    pub kind: String,
    /// `namespace/name` of the root object.
    pub name: String,
    /// The finding in one sentence.
    pub text: String,
    /// How many objects it touches.
    pub affected_objects: usize,
    /// Names the fault from one analysis to the next.
    pub fingerprint: String,
    /// `ignore file`, `annotation`, `baseline` or `since`.
    pub by: &'static str,
    /// Why, in the words of whoever hid it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// One object that was diagnosed with all that it depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosed {
    /// Kind.
    pub kind: String,
    /// `namespace/name`, or `name` for cluster-scoped kinds.
    pub name: String,
    /// How many objects it depends on or is made of.
    pub depends_on: usize,
    /// How many of each kind that is.
    pub looked_at: BTreeMap<String, usize>,
}

/// Times and counts of one run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Run {
    /// Context, server or snapshot that was looked at.
    pub cluster: String,
    /// Objects that were read.
    pub objects: usize,
    /// Requests made to the API server.
    pub requests: u64,
    /// Milliseconds from request to report.
    pub elapsed_ms: u64,
    /// Milliseconds of each stage, in order: read, rules, logs, custom where analyzers were waited for, fold.
    pub stages_ms: Vec<(&'static str, u64)>,
    /// The moment that the View shows, RFC 3339.
    pub observed_at: String,
}

/// An entry of `results`, with the original's keys.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultEntry {
    /// Kind of the object.
    pub kind: String,
    /// `namespace/name`, or `name` for cluster-scoped kinds.
    pub name: String,
    /// What is wrong with it.
    pub error: Vec<ErrorEntry>,
    /// The explanation; empty when none was asked for.
    pub details: String,
    /// `Kind/name` of the topmost owner; empty when it has none.
    pub parent_object: String,
    /// Rule that found it.
    pub rule: &'static str,
    /// Objects that it explains, as `Kind namespace/name`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub affected: Vec<String>,
    /// The custom analyzer that says it, unchecked; none for what rules found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said_by: Option<String>,
}

/// One error of a result. The original writes these keys capitalised.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ErrorEntry {
    /// What is wrong.
    pub text: String,
    /// Description of the field at fault; empty unless asked for.
    pub kubernetes_doc: String,
    /// Always empty: masking is central here and never listed beside the values that it hides.
    pub sensitive: Vec<()>,
}

/// A root cause.
#[derive(Clone, Debug, Serialize)]
pub struct CauseReport {
    /// Rule of the root finding.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Kind of the root object.
    pub kind: String,
    /// `namespace/name` of the root object.
    pub name: String,
    /// Names the fault from one analysis to the next.
    pub fingerprint: String,
    /// When it began, RFC 3339, where anything tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub began: Option<String>,
    /// The finding in one sentence.
    pub text: String,
    /// How many objects have this very fault (replicas), the root among them.
    pub count: usize,
    /// Up to three of them, as `Kind namespace/name`.
    pub examples: Vec<String>,
    /// Topmost owner of the roots, when it is not the root itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Proof.
    pub evidence: Vec<Evidence>,
    /// What it explains, nearest first.
    pub explains: Vec<Affected>,
    /// Steps that `explains` leaves out.
    #[serde(skip_serializing_if = "is_zero")]
    pub explains_more: usize,
    /// How many objects it touches.
    pub affected_objects: usize,
    /// What to do.
    pub fix: Vec<String>,
    /// Commands for the reader.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// Dotted path of the field at fault.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub field: &'static str,
    /// Description of that field from the server's OpenAPI document, when asked for.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub kubernetes_doc: String,
    /// The explanation, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Explanation>,
    /// What custom analyzers add to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<Said>,
}

/// The word of a custom analyzer: text from elsewhere that nothing has checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// Name of the analyzer.
    pub by: String,
    /// Its explanation, plain text of several lines; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub details: String,
}

/// A step in the chain that a cause explains.
#[derive(Clone, Debug, Serialize)]
pub struct Affected {
    /// First object, as `Kind namespace/name`.
    pub object: String,
    /// What is wrong with it in a few words.
    pub brief: String,
    /// Rule that found it.
    pub rule: &'static str,
    /// How many objects stand at this step.
    pub count: usize,
}

/// Words about a cause.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// Who wrote it: an AI provider's name, or `built-in guidance`.
    pub source: String,
    /// Markdown.
    pub text: String,
    /// It was in the cache.
    #[serde(skip_serializing_if = "is_false")]
    pub cached: bool,
    /// What the model looked at before it answered, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub looked: Vec<String>,
    /// Why the provider did not explain this cause; the text is the built-in guidance then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<String>,
}

impl Explanation {
    /// The rule's own guidance.
    pub(crate) fn built_in(text: String) -> Explanation {
        let source = explain::BUILT_IN.to_owned();
        Explanation { source, text, cached: false, looked: Vec::new(), failed: None }
    }
}

/// A kind that could not be checked wholly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// Kind.
    pub kind: String,
    /// `forbidden`, `truncated`, `failed`, `not captured`.
    pub status: &'static str,
    /// What is missing and what would allow it.
    pub text: String,
    /// The permission that would allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permission: Option<Permission>,
    /// True when only causes of what was asked for might be found there.
    #[serde(skip_serializing_if = "is_false")]
    pub causes_only: bool,
}

/// A permission, as a role grants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Permission {
    /// `list` or `get`.
    pub verb: &'static str,
    /// Plural, or a subresource (`pods/log`).
    pub resource: String,
    /// API group; empty for the core group.
    pub group: String,
    /// `ClusterRole`, or `Role` where one of the namespace is enough.
    pub role: &'static str,
    /// The namespace of the Role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

fn is_false(flag: &bool) -> bool {
    !*flag
}
