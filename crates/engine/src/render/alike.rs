//! Causes that differ only by their namespace, told once.

use crate::CauseReport;
use std::collections::HashMap;

/// Fewer than this are told one by one.
const ALIKE_MIN: usize = 3;

/// A cause, and further ones like it in other namespaces.
pub(super) struct Group<'a> {
    /// The one that is told.
    pub first: &'a CauseReport,
    /// The others.
    pub others: Vec<&'a CauseReport>,
}

impl Group<'_> {
    /// How many causes it stands for.
    pub fn count(&self) -> usize {
        self.others.len() + 1
    }

    /// `team-00, team-01 and 38 more`, the first one's namespace first.
    pub fn namespaces(&self, max: usize) -> String {
        let all = std::iter::once(self.first).chain(self.others.iter().copied()).map(namespace);
        let shown: Vec<&str> = all.take(max).collect();
        let more = self.count().saturating_sub(shown.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{more}", shown.join(", "))
    }
}

/// The causes in their order, those that are alike but for the namespace together.
pub(super) fn groups(causes: &[CauseReport]) -> Vec<Group<'_>> {
    let keys: Vec<Option<String>> = causes.iter().map(key).collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    keys.iter().flatten().for_each(|key| *counts.entry(key).or_default() += 1);
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (cause, key) in causes.iter().zip(&keys) {
        let many = key.as_deref().filter(|key| counts.get(key).is_some_and(|count| *count >= ALIKE_MIN));
        match many.map(|key| *known.entry(key).or_insert(groups.len())) {
            Some(place) if place < groups.len() => groups[place].others.push(cause),
            _ => groups.push(Group { first: cause, others: Vec::new() }),
        }
    }
    groups
}

fn namespace(cause: &CauseReport) -> &str {
    cause.name.split_once('/').map_or("", |(namespace, _)| namespace)
}

/// What the cause says without its namespace and without the names of its replicas; none for objects that are
/// in no namespace.
fn key(cause: &CauseReport) -> Option<String> {
    let (namespace, name) = cause.name.split_once('/')?;
    let owner = cause.owner.as_deref().unwrap_or(&cause.name);
    let text = cause.text.replace(name, "{}");
    let mut parts = vec![cause.rule.to_owned(), format!("{:?}", cause.severity)];
    parts.push(without(owner, namespace));
    parts.push(without(&text, namespace));
    parts.extend(cause.explains.iter().map(|step| step.rule.to_owned()));
    Some(parts.join("\n"))
}

/// A text with a word replaced wherever it stands as a whole word.
fn without(text: &str, word: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let in_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !in_name(c)).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        out.push_str(if name == word { "{ns}" } else { name });
        let end = after.find(in_name).unwrap_or(after.len());
        let (between, after) = after.split_at(end);
        out.push_str(between);
        rest = after;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn only_whole_words_are_replaced() {
        assert_eq!(
            without("Secret team-1/db of team-1, team-10", "team-1"),
            "Secret {ns}/db of {ns}, team-10"
        );
        assert_eq!(without("", "x"), "");
        assert_eq!(without("…x…", "x"), "…{ns}…");
    }
}
