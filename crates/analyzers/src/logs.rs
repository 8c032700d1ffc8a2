//! Log lines as evidence: which logs are wanted, and which of their lines tell why.

use crate::{Finding, LogWant, Source, levels, words};
use std::collections::BTreeMap;
use view::{ObjectRef, View};

/// Most logs that one analysis reads as proof of findings.
const LOGS_MAX: usize = 40;
/// Most logs that it reads to see whether there is anything to find.
const SEARCHED_MAX: usize = 200;
/// Most lines of a log that become evidence.
const LINES_MAX: usize = 3;

/// The logs to read: one for each rule, owner and container, with the positions of the findings that it
/// would prove. At most 40, in the order of findings; after them at most 200 that are searched for errors.
pub fn wanted_logs(view: &View, findings: &[Finding]) -> Vec<(LogWant, Vec<usize>)> {
    let mut groups: BTreeMap<(&str, ObjectRef, &str), (LogWant, Vec<usize>)> = BTreeMap::new();
    for (at, finding) in findings.iter().enumerate() {
        let Some(want) = &finding.log else { continue };
        let key = (finding.rule, view.top_owner_of(&finding.object), want.container.as_str());
        groups.entry(key).or_insert_with(|| (want.clone(), Vec::new())).1.push(at);
    }
    let searched =
        |(_, positions): &(LogWant, Vec<usize>)| positions.iter().any(|&at| findings[at].needs_log);
    let (mut search, mut wants): (Vec<_>, Vec<_>) = groups.into_values().partition(searched);
    for (list, most) in [(&mut wants, LOGS_MAX), (&mut search, SEARCHED_MAX)] {
        list.sort_by_key(|(_, positions)| positions.first().copied());
        list.truncate(most);
    }
    wants.append(&mut search);
    wants
}

/// Takes away the findings that are none, because the log that alone would tell does not, or was not read.
pub fn drop_untold(findings: &mut Vec<Finding>) {
    findings.retain(|finding| {
        !finding.needs_log || finding.evidence.iter().any(|evidence| evidence.source == Source::Log)
    });
}

/// Adds the telling lines of a log to a finding, the most telling one to its text too.
pub fn read_log(finding: &mut Finding, log: &str) {
    let lines = if finding.needs_log { levels::error_lines(log) } else { telling_lines(log) };
    if let Some(last) = lines.last() {
        finding.text = format!("{}: {:?}", finding.text, words::bounded(last));
    }
    for line in lines {
        finding.proof(Source::Log, line);
    }
    let guilty = |(host, _): &(String, ObjectRef)| {
        log.lines().any(|line| is_unanswered(&line.to_lowercase()) && names(line, host))
    };
    let guilty = finding.suspects.iter().filter(|suspect| guilty(suspect)).map(|(_, object)| object.clone());
    let guilty: Vec<ObjectRef> = guilty.collect();
    finding.because_all(guilty);
}

/// What a log says of somebody who does not answer (lower case).
const UNANSWERED: &[&str] = &[
    "refused",
    "timeout",
    "timed out",
    "unreachable",
    "no route to host",
    "cannot connect",
    "can't connect",
    "could not connect",
    "failed to connect",
    "connection reset",
    "connection error",
    "dial tcp",
    "no such host",
    "bad address",
    "unknown host",
    "could not resolve",
    "couldn't resolve",
    "name resolution",
    "name or service not known",
    "unavailable",
    "enotfound",
];

fn is_unanswered(lower: &str) -> bool {
    UNANSWERED.iter().any(|mark| lower.contains(mark)) && !is_harmless(lower)
}

/// Whether a line holds this name as a word of its own, or as the first part of an address.
fn names(line: &str, host: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').any(|word| word == host)
}

/// Words that mark a line as telling, strongest first.
const MARKS: &[&[&str]] = &[
    &["panic", "fatal", "traceback", "unhandled", "segfault", "out of memory", "cannot allocate"],
    &[
        "error",
        "exception",
        "failed",
        "failure",
        "refused",
        "denied",
        "not found",
        "no such",
        "is not set",
        "missing",
        "invalid",
        "unable",
        "cannot",
        "can't",
        "timeout",
        "timed out",
        "not permitted",
    ],
    &["warn"],
];

/// The last lines of the strongest kind in a log, at most three, oldest first; the last line when no
/// line stands out; nothing for an empty log.
pub fn telling_lines(log: &str) -> Vec<&str> {
    let raw: Vec<&str> = log.lines().collect();
    let lines: Vec<&str> = log.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for marks in MARKS {
        let marked = |line: &&str| {
            let lower = line.to_lowercase();
            marks.iter().any(|mark| lower.contains(mark)) && !is_harmless(&lower)
        };
        let mut found: Vec<&str> = lines.iter().copied().filter(marked).collect();
        if !found.is_empty() {
            found.iter_mut().for_each(|line| *line = below_traceback(&raw, line));
            return newest(found);
        }
    }
    lines.last().copied().into_iter().collect()
}

/// The last three lines without repeats, oldest first.
pub(crate) fn newest(mut lines: Vec<&str>) -> Vec<&str> {
    let mut seen = Vec::new();
    lines.reverse();
    lines.retain(|line| {
        !seen.contains(line) && {
            seen.push(*line);
            true
        }
    });
    lines.truncate(LINES_MAX);
    lines.reverse();
    lines
}

/// Python writes what went wrong below its traceback, as the first line that is not indented.
pub(crate) fn below_traceback<'a>(raw: &[&'a str], line: &'a str) -> &'a str {
    if !line.starts_with("Traceback (") {
        return line;
    }
    let below = raw.iter().rposition(|l| l.trim() == line).map_or(&[][..], |at| &raw[at + 1..]);
    below.iter().find(|l| !l.starts_with([' ', '\t']) && !l.trim().is_empty()).map_or(line, |l| l.trim())
}

/// Lines that hold a marked word and say that all is well.
pub(crate) fn is_harmless(lower: &str) -> bool {
    ["0 errors", "no error", "errors=0", "error=null", "error: null", "error=<nil>", "0 failed", "failed: 0"]
        .iter()
        .any(|harmless| lower.contains(harmless))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Findings, Severity};

    /// What a log leaves of the suspects `backend` and `db`.
    fn guilty(log: &str) -> Vec<String> {
        let mut out = Findings::new("pod/crash-loop", "Pod", Severity::Error);
        let finding = out.on(ObjectRef::new("Pod", "prod", "client"), "crashes");
        for host in ["backend", "db"] {
            finding.suspect(host, ObjectRef::new("Service", "prod", host));
        }
        read_log(finding, log);
        finding.because.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn whoever_did_not_answer_is_the_cause() {
        assert_eq!(
            guilty("error: cannot connect to http://backend:80: connection refused"),
            ["Service prod/backend"]
        );
        assert_eq!(guilty("ok\nlookup db.prod.svc: no such host\n"), ["Service prod/db"]);
        assert_eq!(guilty("connected to backend\nFATAL: DATABASE_URL is not set"), Vec::<String>::new());
        assert_eq!(guilty("dial tcp backend-old:80: i/o timeout"), Vec::<String>::new(), "another name");
    }
}
