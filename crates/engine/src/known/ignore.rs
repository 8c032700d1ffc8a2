//! The ignore file: entries that name what is known, why, and until when.

use super::since::date;
use crate::error::DidYouMean;
use analyzers::{Glob, Ignore, Silence};
use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use view::{Kind, Time};

/// More than any ignore file, and little enough to hold.
const MAX_BYTES: u64 = 4 << 20;
/// What an entry may hold.
const KEYS: [&str; 6] = ["rule", "kind", "namespace", "name", "reason", "expires"];

/// Why an ignore file cannot be used. Half understood, it would hide what nobody meant.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("ignore file {}{}: {problem}", path.display(), line.map(|line| format!(" line {line}")).unwrap_or_default())]
pub struct IgnoreError {
    /// The file.
    pub path: PathBuf,
    /// Line of the problem, counted from 1, when it is known.
    pub line: Option<u64>,
    /// What is wrong and what would be right.
    pub problem: String,
}

/// The entries of an ignore file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IgnoreFile {
    path: PathBuf,
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    ignore: Ignore,
    line: u64,
    /// The moment from which on it hides nothing, and how the file says it.
    expires: Option<(Time, String)>,
}

type Problem = (Option<u64>, String);

impl IgnoreFile {
    /// Reads a file that must exist.
    pub fn read(path: &Path) -> Result<IgnoreFile, IgnoreError> {
        let failed = |(line, problem): Problem| IgnoreError { path: path.to_owned(), line, problem };
        let unreadable = |error: std::io::Error| failed((None, format!("cannot be read: {error}")));
        let bytes = std::fs::metadata(path).map_err(unreadable)?.len();
        if bytes > MAX_BYTES {
            return Err(failed((None, "is larger than 4 MiB".to_owned())));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        let entries = parse(&text).map_err(failed)?;
        Ok(IgnoreFile { path: path.to_owned(), entries })
    }

    /// Reads a file that need not exist.
    pub fn read_if_any(path: &Path) -> Result<IgnoreFile, IgnoreError> {
        if path.as_os_str().is_empty() || !path.exists() {
            return Ok(IgnoreFile::default());
        }
        IgnoreFile::read(path)
    }

    /// Where it is; empty when there is none.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// True when it has no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What it hides at a moment, and a note about entries that have expired.
    pub(crate) fn at(&self, now: Time) -> (Silence, Vec<String>) {
        let expired = |entry: &&Entry| entry.expires.as_ref().is_some_and(|(moment, _)| *moment <= now);
        let entries = self.entries.iter().filter(|entry| !expired(entry)).map(|entry| entry.ignore.clone());
        let silence = Silence { entries: entries.collect() };
        let gone: Vec<&Entry> = self.entries.iter().filter(expired).collect();
        let file = self.path.display();
        let note = match gone.as_slice() {
            [] => None,
            [entry] => {
                let until = entry.expires.as_ref().map(|(_, written)| written.as_str()).unwrap_or_default();
                let (line, reason) = (entry.line, &entry.ignore.reason);
                Some(format!(
                    "ignore file {file} line {line}: expired on {until} and hides nothing any more ({reason})"
                ))
            }
            many => {
                let lines: Vec<String> = many.iter().map(|entry| entry.line.to_string()).collect();
                Some(format!(
                    "ignore file {file} lines {}: expired and hide nothing any more",
                    lines.join(", ")
                ))
            }
        };
        (silence, note.into_iter().collect())
    }
}

type Fields = BTreeMap<String, Spanned<Value>>;

/// The file's other form, with the list under a key.
#[derive(Deserialize)]
struct Wrapped {
    ignore: Option<Vec<Spanned<Fields>>>,
}

/// Reads a list of entries, or one under the key `ignore`.
fn parse(text: &str) -> Result<Vec<Entry>, Problem> {
    let entries = match read::<Value>(text)? {
        Value::Null => Vec::new(),
        Value::Array(_) => read::<Vec<Spanned<Fields>>>(text)?,
        Value::Object(_) => {
            for (key, value) in &read::<Fields>(text)? {
                known_key(key, &["ignore"]).map_err(|problem| (line(value), problem))?;
            }
            read::<Wrapped>(text)?.ignore.unwrap_or_default()
        }
        _ => return Err((None, "must be a list of entries".to_owned())),
    };
    entries.iter().map(entry).collect()
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let options = serde_saphyr::options! { with_snippet: false, emit_comments: false };
    serde_saphyr::from_str_with_options::<T>(text, options).map_err(|error| {
        let line = error.location().map(|location| location.line());
        let problem = match error.without_snippet() {
            serde_saphyr::Error::DuplicateMappingKey { .. } => "a key is written twice",
            serde_saphyr::Error::MultipleDocuments { .. } => "holds more than one document",
            _ if text.contains(": *") => "is not valid YAML: a value that begins with * must be quoted",
            _ => "is not a list of entries with keys",
        };
        (line, problem.to_owned())
    })
}

fn line<T>(value: &Spanned<T>) -> Option<u64> {
    Some(value.referenced.line()).filter(|line| *line > 0)
}

fn known_key(key: &str, keys: &[&'static str]) -> Result<(), String> {
    if keys.contains(&key) {
        return Ok(());
    }
    let near: Vec<String> =
        analyzers::near(key, keys.iter().copied()).into_iter().map(str::to_owned).collect();
    Err(format!("key {key:?} means nothing here{}; keys are {}", DidYouMean(&near), keys.join(", ")))
}

fn entry(fields: &Spanned<Fields>) -> Result<Entry, Problem> {
    let at = line(fields);
    for (key, value) in &fields.value {
        known_key(key, &KEYS).map_err(|problem| (line(value), problem))?;
    }
    let field = |key: &str| -> Result<Option<(String, Option<u64>)>, Problem> {
        let Some(value) = fields.value.get(key) else { return Ok(None) };
        match text(&value.value) {
            Some(text) => Ok(Some((text, line(value)))),
            None => Err((line(value), format!("{key} must be a text"))),
        }
    };
    let checked = |key: &str, check: fn(&str) -> Result<String, String>| -> Result<Option<String>, Problem> {
        let Some((text, at)) = field(key)? else { return Ok(None) };
        check(&text).map(Some).map_err(|problem| (at, problem))
    };
    let plain: fn(&str) -> Result<String, String> = |text| Ok(text.to_owned());
    let (rule, kind) = (checked("rule", rule)?, checked("kind", kind)?);
    let (namespace, name) = (checked("namespace", plain)?, checked("name", plain)?);
    if [&rule, &kind, &namespace, &name].iter().all(|field| field.is_none()) {
        let problem =
            "an entry must name a rule, a kind, a namespace or a name; one with none would hide everything";
        return Err((at, problem.to_owned()));
    }
    let Some(reason) = checked("reason", plain)? else {
        return Err((at, "an entry needs a reason: why is it known?".to_owned()));
    };
    let expires = match field("expires")? {
        None => None,
        Some((written, at)) => Some((expiry(&written).map_err(|problem| (at, problem))?, written)),
    };
    let (rule, namespace, name) = (rule.map(Glob::new), namespace.map(Glob::new), name.map(Glob::new));
    Ok(Entry { ignore: Ignore { rule, kind, namespace, name, reason }, line: at.unwrap_or(0), expires })
}

/// A text that says something; numbers and booleans as they are written.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn rule(given: &str) -> Result<String, String> {
    let glob = Glob::new(given);
    let ids = || analyzers::entries().map(|(_, entry)| entry.id);
    if ids().any(|id| glob.matches(id)) {
        return Ok(given.to_owned());
    }
    let near: Vec<String> = analyzers::near(given, ids()).into_iter().map(str::to_owned).collect();
    Err(format!("rule {given:?} does not exist{}", DidYouMean(&near)))
}

/// A kind in any accepted spelling, as Kubernetes spells it.
fn kind(given: &str) -> Result<String, String> {
    if let Some(kind) = crate::object::kind_called(given) {
        return Ok(kind.name().to_owned());
    }
    let names = Kind::ALL.iter().map(|kind| kind.name());
    let near: Vec<String> = analyzers::near(given, names).into_iter().map(str::to_owned).collect();
    Err(format!("kind {given:?} is not analysed{}", DidYouMean(&near)))
}

/// A date holds through its day, in UTC.
fn expiry(text: &str) -> Result<Time, String> {
    let end_of_day = |start: Time| Time::from_unix(start.unix() + 86_400);
    date(text).map(end_of_day).or_else(|| Time::parse(text)).ok_or_else(|| {
        format!(
            "expires {text:?} is neither a date such as 2026-12-31 nor a time such as 2026-12-31T18:00:00Z"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> (Option<u64>, String) {
        parse(text).unwrap_err()
    }

    #[test]
    fn entries_are_read_in_both_forms() {
        let list = "# known\n- rule: pod/*\n  namespace: dev-*\n  reason: playground\n- {kind: deploy, name: web, reason: 7, expires: 2026-12-31}\n";
        let entries = parse(list).unwrap();
        assert_eq!((entries[0].line, entries[1].line), (2, 5));
        assert_eq!(entries[1].ignore.kind.as_deref(), Some("Deployment"));
        assert_eq!(entries[1].ignore.reason, "7");
        assert_eq!(entries[1].expires.as_ref().unwrap().0, Time::parse("2027-01-01T00:00:00Z").unwrap());
        let indented: Vec<String> = list.lines().map(|line| format!("  {line}\n")).collect();
        let wrapped = format!("ignore:\n{}", indented.concat());
        assert_eq!(parse(&wrapped).map(|entries| entries.len()), Ok(2), "{wrapped}");
        assert_eq!(parse(""), Ok(Vec::new()));
        assert_eq!(parse("ignore:\n"), Ok(Vec::new()));
    }

    #[test]
    fn what_cannot_be_understood_is_refused_with_its_line() {
        for (text, at, words) in [
            ("- rule: pod/*\n  reson: x\n", Some(2), "\"reson\" means nothing here; did you mean reason?"),
            ("ignored: []\n", Some(1), "did you mean ignore?"),
            ("- rule: pod/*\n", Some(1), "needs a reason"),
            ("- rule: pod/*\n  reason: \"\"\n", Some(2), "reason must be a text"),
            ("- reason: x\n", Some(1), "would hide everything"),
            ("- rule: pod/image-pul\n  reason: x\n", Some(1), "did you mean pod/image-pull?"),
            ("- kind: Pood\n  reason: x\n", Some(1), "did you mean Pod?"),
            ("- rule: pod/*\n  reason: x\n  expires: tomorrow\n", Some(3), "neither a date"),
            ("- rule: pod/*\n  rule: node/*\n", Some(2), "twice"),
            ("- name: *\n", None, "must be quoted"),
            ("- pod\n", Some(1), "list of entries"),
            ("7", None, "must be a list"),
        ] {
            let (line, said) = problem(text);
            assert!(said.contains(words), "{text}: {said}");
            assert!(at.is_none() || line == at, "{text}: {line:?}");
        }
    }

    #[test]
    fn an_expired_entry_hides_nothing_and_is_told_once() {
        let entries = parse("- {rule: pod/*, reason: a, expires: 2026-01-01}\n- {rule: node/*, reason: b, expires: \"2026-01-01T12:00:00Z\"}\n").unwrap();
        let file = IgnoreFile { path: "x.yaml".into(), entries };
        let at = |time: &str| file.at(Time::parse(time).unwrap());
        assert_eq!(at("2026-01-01T11:00:00Z").0.entries.len(), 2);
        let (silence, notes) = at("2026-01-01T13:00:00Z");
        assert_eq!((silence.entries.len(), notes.len()), (1, 1));
        assert!(
            notes[0].starts_with("ignore file x.yaml line 2: expired on 2026-01-01T12:00:00Z"),
            "{notes:?}"
        );
        let (silence, notes) = at("2026-01-02T00:00:00Z");
        assert_eq!((silence.entries.len(), notes.len()), (0, 1));
        assert!(notes[0].contains("lines 1, 2"), "{notes:?}");
    }
}
