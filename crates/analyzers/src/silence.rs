//! What is known already and need not be told again: entries of an ignore file, and the annotation
//! `k8sgpt.ai/ignore` on an object, one of its owners, or its namespace.

use crate::{Cause, Finding};
use std::collections::BTreeMap;
use view::{Meta, ObjectRef, View};

/// Names the rules to ignore: `true` for all, or ids and globs separated by commas.
const IGNORE: &str = "k8sgpt.ai/ignore";
/// Says why.
const REASON: &str = "k8sgpt.ai/ignore-reason";

/// A pattern in which `*` stands for any characters and `?` for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Glob(String);

impl Glob {
    /// From its text.
    pub fn new(text: impl Into<String>) -> Glob {
        Glob(text.into())
    }

    /// True when it matches the whole text.
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text): (Vec<char>, Vec<char>) = (self.0.chars().collect(), text.chars().collect());
        let (mut at, mut from) = (0, 0);
        // Where the last `*` stands, and up to where it has swallowed the text.
        let mut star: Option<(usize, usize)> = None;
        while from < text.len() {
            match pattern.get(at) {
                Some('*') => {
                    star = Some((at, from));
                    at += 1;
                }
                Some(&c) if c == '?' || c == text[from] => (at, from) = (at + 1, from + 1),
                _ => match star {
                    Some((place, swallowed)) => {
                        star = Some((place, swallowed + 1));
                        (at, from) = (place + 1, swallowed + 1);
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|&c| c == '*')
    }
}

/// One entry of an ignore file: a finding is known when everything that the entry names fits it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignore {
    /// Rule id.
    pub rule: Option<Glob>,
    /// Kind of the object or of one of its owners, as Kubernetes spells it.
    pub kind: Option<String>,
    /// Namespace.
    pub namespace: Option<Glob>,
    /// Name of the object or of one of its owners.
    pub name: Option<Glob>,
    /// Why it is known.
    pub reason: String,
}

/// Everything that is known by an ignore file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    /// The entries.
    pub entries: Vec<Ignore>,
}

/// Who says that something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// An entry of the ignore file.
    IgnoreFile,
    /// An annotation in the cluster.
    Annotation,
}

/// A cause that is not shown.
#[derive(Clone, Debug)]
pub struct Hidden {
    /// The cause, whole.
    pub cause: Cause,
    /// Who hides it.
    pub by: By,
    /// Why, in the words of whoever did; may be empty.
    pub reason: String,
}

/// Takes out what is known. A cause whose roots are all known goes with all that it explains, for whoever
/// knows a fault knows what follows from it. A known symptom alone is left out of a cause that stays. So
/// are known replicas. What `wanted` does not want any more without them goes too, and so does something
/// missing whose every user is known: it cannot carry an annotation itself.
pub fn silence(
    view: &View,
    causes: Vec<Cause>,
    silence: &Silence,
    wanted: impl Fn(&Cause) -> bool,
) -> (Vec<Cause>, Vec<Hidden>) {
    let (mut shown, mut hidden) = (Vec::new(), Vec::new());
    for cause in causes {
        let verdicts: BTreeMap<&ObjectRef, BTreeMap<&str, Verdict>> = verdicts(view, &cause, silence);
        let known = |finding: &Finding| verdicts.get(&finding.object)?.get(finding.rule);
        let Some(first) = cause.findings().find_map(known).cloned() else {
            shown.push(cause);
            continue;
        };
        let left = cause.without(|finding| known(finding).is_some());
        let unheard = |left: &Cause| {
            left.symptoms.is_empty()
                && !cause.symptoms.is_empty()
                && view.metadata_of(&left.root.object).is_none()
        };
        match left.filter(|left| wanted(left) && !unheard(left)) {
            Some(left) => shown.push(left),
            None => {
                let Verdict { by, reason } = cause.roots().find_map(known).cloned().unwrap_or(first);
                drop(verdicts);
                hidden.push(Hidden { cause, by, reason });
            }
        }
    }
    (shown, hidden)
}

#[derive(Clone, Debug)]
struct Verdict {
    by: By,
    reason: String,
}

/// What is known of each object and rule of a cause.
fn verdicts<'a>(
    view: &View,
    cause: &'a Cause,
    silence: &Silence,
) -> BTreeMap<&'a ObjectRef, BTreeMap<&'a str, Verdict>> {
    let mut all: BTreeMap<&ObjectRef, BTreeMap<&str, Verdict>> = BTreeMap::new();
    for finding in cause.findings() {
        if let Some(verdict) = verdict(view, finding, silence) {
            all.entry(&finding.object).or_default().insert(finding.rule, verdict);
        }
    }
    all
}

fn verdict(view: &View, finding: &Finding, silence: &Silence) -> Option<Verdict> {
    let meta = view.metadata_of(&finding.object);
    let owners = meta.map(|meta| view.owners_of(meta)).unwrap_or_default();
    let line: Vec<&ObjectRef> = std::iter::once(&finding.object).chain(&owners).collect();
    if let Some(entry) = silence.entries.iter().find(|entry| entry.fits(finding.rule, &line)) {
        return Some(Verdict { by: By::IgnoreFile, reason: entry.reason.clone() });
    }
    let above = owners.iter().filter_map(|owner| view.metadata_of(owner));
    let namespace = view.namespaces.get("", &finding.object.namespace).map(|n| &n.metadata);
    let carriers = meta.into_iter().chain(above).chain(namespace);
    carriers.filter(|meta| is_marked(meta, finding.rule)).map(annotated).next()
}

impl Ignore {
    /// True when the entry means a finding of this rule on the first of these objects, or on what the
    /// others own.
    fn fits(&self, rule: &str, line: &[&ObjectRef]) -> bool {
        let glob = |glob: &Option<Glob>, text: &str| glob.as_ref().is_none_or(|glob| glob.matches(text));
        let object = |object: &&ObjectRef| {
            self.kind.as_ref().is_none_or(|kind| object.kind == *kind.as_str())
                && glob(&self.name, &object.name)
        };
        let place = line.first().is_some_and(|object| glob(&self.namespace, &object.namespace));
        glob(&self.rule, rule) && place && line.iter().any(object)
    }
}

fn is_marked(meta: &Meta, rule: &str) -> bool {
    let rules = meta.annotations.get(IGNORE).map(|value| value.as_str()).unwrap_or_default();
    let mut rules = rules.split(',').map(str::trim).filter(|text| !text.is_empty());
    rules.any(|text| text.eq_ignore_ascii_case("true") || Glob::new(text).matches(rule))
}

fn annotated(meta: &Meta) -> Verdict {
    let reason = meta.annotations.get(REASON).map(|reason| crate::words::bounded(reason));
    Verdict { by: By::Annotation, reason: reason.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    #[test]
    fn globs_match_whole_texts() {
        for (glob, text, fits) in [
            ("*", "", true),
            ("pod/*", "pod/crash-loop", true),
            ("pod/*", "pods/x", false),
            ("web-?-*", "web-1-abc", true),
            ("web-?", "web-10", false),
            ("*a*b", "xaxbxb", true),
            ("*a*b", "xaxbxc", false),
            ("", "x", false),
        ] {
            assert_eq!(Glob::new(glob).matches(text), fits, "{glob} {text}");
        }
    }
}
