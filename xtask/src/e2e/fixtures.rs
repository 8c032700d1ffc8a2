//! The fixtures of the rules, read as things to plant on a real API server.

use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::error::{Error, Result, read};

/// How old a new object looks at least.
const AGE: SignedDuration = SignedDuration::from_hours(2);

/// A case of a rule's fixture, in the fixture's own time.
pub(crate) struct Case {
    /// Its heading.
    pub(crate) title: String,
    /// Its objects, lists taken apart.
    pub(crate) objects: Vec<Value>,
    /// The sentences that the rule says.
    pub(crate) sentences: Vec<String>,
    /// The fixture's time.
    now: Timestamp,
}

/// The ids of all rules with the files of their fixtures, sorted: the path is the rule.
pub(crate) fn rules() -> Result<Vec<(String, PathBuf)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/analyzers/fixtures");
    let mut found = Vec::new();
    for folder in entries(&root)? {
        let kind = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if kind == "stories" || !folder.is_dir() {
            continue;
        }
        for file in entries(&folder)? {
            let what = file.file_stem().unwrap_or_default().to_string_lossy().replace('_', "-");
            found.push((format!("{kind}/{what}"), file));
        }
    }
    found.sort();
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let what = format!("list {}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(Error::io(&what))?;
    entries.map(|entry| entry.map(|entry| entry.path()).map_err(Error::io(&what))).collect()
}

/// The cases of a fixture that a cluster can show: none that says what could not be read.
pub(crate) fn cases(path: &Path) -> Result<Vec<Case>> {
    let text = read(path)?;
    text.split("\n## ").skip(1).filter_map(|section| case(path, section).transpose()).collect()
}

fn case(path: &Path, section: &str) -> Result<Option<Case>> {
    let title = section.lines().next().unwrap_or_default().to_owned();
    let shown = format!("{} / {title}", path.display());
    let options = serde_saphyr::options! { budget: None, with_snippet: false };
    let documents: Vec<Value> = serde_saphyr::from_multiple_with_options(block(section, "yaml"), options)
        .map_err(|error| Error::Other(format!("{shown}: {error}")))?;
    let mut now = "2026-01-01T01:00:00Z".to_owned();
    let mut objects = Vec::new();
    for document in documents {
        match (document["kind"].as_str(), document["now"].as_str()) {
            (Some("List"), _) => objects.extend(document["items"].as_array().cloned().unwrap_or_default()),
            (Some(_), _) => objects.push(document),
            (None, Some(time)) => now = time.to_owned(),
            (None, None) => return Ok(None),
        }
    }
    let now = now.parse().map_err(|error| Error::Other(format!("{shown}: now: {error}")))?;
    let said = block(section, "findings").lines();
    let sentences = said.filter(|line| !line.starts_with(' ')).map(str::to_owned).collect();
    Ok(Some(Case { title, objects, sentences, now }))
}

fn block<'a>(section: &'a str, info: &str) -> &'a str {
    let open = format!("```{info}\n");
    let start = section.find(&open).map_or(section.len(), |at| at + open.len());
    let rest = section.get(start..).unwrap_or_default();
    rest.split("```").next().unwrap_or_default()
}

impl Case {
    /// Whether the rule must stay silent.
    pub(crate) fn is_healthy(&self) -> bool {
        self.title.starts_with("healthy")
    }

    /// Whether a server can hold this as it is. It dates creation and deletion itself, so that all objects have
    /// one age and none was deleted later than it was created; and it counts generations itself.
    pub(crate) fn is_storable(&self) -> bool {
        let ages = self.ages();
        let one = ages.iter().min().zip(ages.iter().max()).is_none_or(|(min, max)| *min * 2 >= *max);
        let deleted = |object: &Value| object["metadata"]["deletionTimestamp"].is_string();
        let ahead = |object: &Value| {
            let generation = &object["metadata"]["generation"];
            generation.is_u64() && *generation != object["status"]["observedGeneration"]
        };
        one && !self.objects.iter().any(|object| deleted(object) || ahead(object))
    }

    /// How far the clock of the analysis must be ahead for what is created now to be as old as here. What is
    /// broken may be older.
    pub(crate) fn skew(&self) -> SignedDuration {
        match self.ages().into_iter().max() {
            Some(oldest) if self.is_healthy() => oldest,
            oldest => oldest.unwrap_or(AGE).max(AGE),
        }
    }

    fn ages(&self) -> Vec<SignedDuration> {
        let created = |object: &Value| object["metadata"]["creationTimestamp"].as_str()?.parse().ok();
        self.objects.iter().filter_map(created).map(|time: Timestamp| self.now.duration_since(time)).collect()
    }

    /// The case in the time of an analysis that starts now with its skew.
    pub(crate) fn dated(&self) -> Self {
        let shift = Timestamp::now().duration_since(self.now) + self.skew();
        let now = self.now.checked_add(shift).unwrap_or(self.now);
        let mut objects = self.objects.clone();
        objects.iter_mut().for_each(|object| move_times(object, shift));
        let sentences = self.sentences.iter().map(|sentence| moved(sentence, shift)).collect();
        Self { title: self.title.clone(), objects, sentences, now }
    }
}

/// Moves the times in every text.
fn move_times(value: &mut Value, shift: SignedDuration) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| move_times(item, shift)),
        Value::Object(members) => members.values_mut().for_each(|member| move_times(member, shift)),
        Value::String(text) if text.contains("20") => *text = moved(text, shift),
        _ => {}
    }
}

/// A text whose words that are a time of this century are moved, with the precision that they have.
fn moved(text: &str, shift: SignedDuration) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(|char: char| !char.is_ascii_alphanumeric());
        if !bare.starts_with("20") || bare.get(10..11) != Some("T") {
            return word.to_owned();
        }
        let moved = bare.parse::<Timestamp>().ok().and_then(|time| time.checked_add(shift).ok());
        let precision = bare.split_once('.').map_or(0, |(_, rest)| rest.trim_end_matches('Z').len());
        moved.map_or(word.to_owned(), |moved| word.replace(bare, &format!("{moved:.precision$}")))
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn times_move_and_other_text_stays() {
        let mut value = json!({"a": ["2026-01-01T00:00:00Z", "2026", "1970-01-01T00:00:00Z"], "b": "2026-01-01T00:00:00.500000Z"});
        move_times(&mut value, SignedDuration::from_hours(1));
        assert_eq!(
            value,
            json!({"a": ["2026-01-01T01:00:00Z", "2026", "1970-01-01T00:00:00Z"], "b": "2026-01-01T01:00:00.500000Z"})
        );
        let said = moved("Node n1 waits since 2026-01-01T00:30:00Z: 2 pods", SignedDuration::from_hours(1));
        assert_eq!(said, "Node n1 waits since 2026-01-01T01:30:00Z: 2 pods");
    }

    #[test]
    fn every_rule_has_a_case_to_plant() {
        for (id, path) in rules().unwrap() {
            let cases = cases(&path).unwrap();
            assert!(cases.iter().any(|case| !case.sentences.is_empty()), "{id}");
        }
    }
}
