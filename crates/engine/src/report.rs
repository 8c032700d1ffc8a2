//! The answer to a request, and its JSON form: a superset of the original tool's document.

use analyzers::{Evidence, Severity};
use serde::Serialize;

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
    /// Causes hidden because they are known (ignore rules).
    pub suppressed: usize,
    /// How many objects the causes affect, each counted once.
    pub affected_objects: usize,
    /// Where explanations come from, when they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explained_by: Option<String>,
    /// Filters that were active.
    pub filters: Vec<&'static str>,
    /// What differs from run to run.
    pub run: Run,
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
    /// Milliseconds of each stage, in order: read, rules, logs, fold.
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
}
