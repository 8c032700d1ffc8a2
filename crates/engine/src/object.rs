//! One object as the subject of a diagnosis: from what somebody typed to the object.

use crate::Error;
use analyzers::{FilterSet, Related};
use cluster::Cluster;
use view::{Kind, ObjectRef, Status, View};

/// Namespace of an object that is meant without one, where several have it.
const DEFAULT: &str = "default";

/// Most objects that an error names where some are close to what was asked about.
const NEAR_MAX: usize = 3;
/// Most objects that an error names where none is close to what was asked about.
const OTHERS_MAX: usize = 8;

/// What was asked about, before the cluster was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    kind: Kind,
    name: String,
    namespace: Option<String>,
}

impl Target {
    /// Reads `Deployment/web`, `deploy/web`, `deployments.apps/web`, `Deployment web`, each also with
    /// the namespace before the name (`Deployment prod/web`), and asks the cluster what kind is meant where
    /// the word is not a usual one.
    pub async fn resolve(cluster: &Cluster, text: &str, namespace: Option<&str>) -> Result<Target, Error> {
        let (kind, within, name) = split(text)?;
        let within = within.filter(|within| !within.is_empty());
        let disagree = within.zip(namespace).is_some_and(|(a, b)| a != b);
        if disagree {
            let reason = format!("it names another namespace than {:?}", namespace.unwrap_or_default());
            return Err(Error::BadObject { given: text.to_owned(), reason });
        }
        let kind = match kind_called(kind) {
            Some(kind) => kind,
            None => {
                let resource = cluster.resolve(kind).await?;
                let same = |kind: &&Kind| kind.name() == resource.kind && kind.info().group == resource.group;
                let known = Kind::ALL.iter().find(same).copied();
                known.ok_or_else(|| Error::BadObject {
                    given: text.to_owned(),
                    reason: format!("objects of kind {} are not analysed", resource.kind),
                })?
            }
        };
        let namespace = within.or(namespace).filter(|_| kind.info().namespaced).map(str::to_owned);
        Ok(Target { kind, name: name.to_owned(), namespace })
    }

    /// The kind that must be read to find it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The namespace to narrow an analysis to: its own, or itself when it is one.
    pub fn namespace(&self) -> Option<String> {
        if self.kind == Kind::Namespace { Some(self.name.clone()) } else { self.namespace.clone() }
    }

    /// The filter of its kind beside those that were chosen.
    pub fn filters(&self, filters: FilterSet) -> FilterSet {
        filters.with(self.kind.name())
    }

    /// The object in a View.
    pub fn locate(&self, view: &View) -> Result<ObjectRef, Error> {
        let Target { kind, name, namespace } = self;
        let there = |namespace: &str| ObjectRef::new(kind.name(), namespace, name.as_str());
        let exists = |object: &ObjectRef| view.metadata_of(object).is_some();
        if !kind.info().namespaced {
            return Some(there("")).filter(exists).ok_or_else(|| self.missing(view));
        }
        if let Some(namespace) = namespace {
            return Some(there(namespace)).filter(exists).ok_or_else(|| self.missing(view));
        }
        let objects = view.objects(*kind);
        let mut found: Vec<&ObjectRef> =
            objects.iter().filter(|object| object.name == *name.as_str()).collect();
        if found.len() > 1
            && let Some(preferred) = found.iter().find(|object| object.namespace == DEFAULT).copied()
        {
            found = vec![preferred];
        }
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(self.missing(view)),
            several => Err(Error::AmbiguousObject {
                object: format!("{kind} {name}"),
                namespaces: several.iter().map(|object| object.namespace.to_string()).collect(),
            }),
        }
    }

    fn missing(&self, view: &View) -> Error {
        let object = ObjectRef::new(
            self.kind.name(),
            self.namespace.as_deref().unwrap_or_default(),
            self.name.as_str(),
        );
        let status = view.coverage.of_kind(self.kind);
        if !status.proves_absence() {
            let reason = match status {
                Status::Forbidden => "listing them is forbidden".to_owned(),
                Status::Failed(reason) => reason.to_string(),
                Status::Truncated => "the list was cut".to_owned(),
                _ => "they were not read".to_owned(),
            };
            return Error::ObjectUnknown { object: object.to_string(), reason };
        }
        // With a namespace given, only that one was read.
        let others = view.objects(self.kind);
        let names = analyzers::near(&self.name, others.iter().map(|other| other.name.as_str()));
        let close = others.iter().filter(|other| names.contains(&other.name.as_str()));
        let near = close.map(ObjectRef::path).take(NEAR_MAX).collect();
        let mut there: Vec<String> = others.iter().map(ObjectRef::path).collect();
        if there.len() > OTHERS_MAX {
            there.truncate(OTHERS_MAX);
            there.push("…".to_owned());
        }
        Error::UnknownObject { object: object.to_string(), near, others: there }
    }

    /// The scope of a diagnosis of this object; none for a namespace, which is a scope of its own.
    pub fn related(&self, view: &View, object: &ObjectRef) -> Option<Related> {
        (self.kind != Kind::Namespace).then(|| Related::of(view, object))
    }
}

/// Kind, namespace if any, and name.
fn split(text: &str) -> Result<(&str, Option<&str>, &str), Error> {
    let bad = || Error::BadObject {
        given: text.to_owned(),
        reason: "write a kind and a name, for example Deployment/web, deploy/web or pod web-0".to_owned(),
    };
    let trimmed = text.trim();
    let (kind, rest) = match trimmed.split_once(char::is_whitespace) {
        Some((kind, rest)) => (kind, rest.trim()),
        None => trimmed.split_once('/').ok_or_else(bad)?,
    };
    let (namespace, name) = match rest.split_once('/') {
        Some((namespace, name)) => (Some(namespace), name),
        None => (None, rest),
    };
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c == '/' || c.is_whitespace());
    if plain(kind) && plain(name) { Ok((kind, namespace, name)) } else { Err(bad()) }
}

/// The kind that a word means: its name or plural in any case, with its group or without, or the name of
/// its filter in any accepted spelling.
pub(crate) fn kind_called(word: &str) -> Option<Kind> {
    let word = word.trim().to_lowercase();
    let (plain, group) =
        word.split_once('.').map_or((word.as_str(), None), |(word, group)| (word, Some(group)));
    let called = |kind: &&Kind| {
        let info = kind.info();
        (info.plural == plain || info.name.eq_ignore_ascii_case(plain))
            && group.is_none_or(|group| info.group == group)
    };
    let by_filter = || Kind::parse(analyzers::resolve_filter(&word).ok()?);
    Kind::ALL.iter().find(called).copied().or_else(by_filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_written_in_many_ways() {
        for (text, parts) in [
            ("deploy/web", ("deploy", None, "web")),
            ("Deployment web", ("Deployment", None, "web")),
            (" Deployment  prod/web ", ("Deployment", Some("prod"), "web")),
            ("pod/prod/web-0", ("pod", Some("prod"), "web-0")),
        ] {
            assert_eq!(split(text).map_err(|e| e.to_string()), Ok(parts), "{text}");
        }
        for text in ["web", "", "deploy/", "/web", "deploy web 2", "a/b/c/d"] {
            assert!(split(text).is_err(), "{text}");
        }
        for (word, kind) in [
            ("deploy", Kind::Deployment),
            ("deployments.apps", Kind::Deployment),
            ("PODS", Kind::Pod),
            ("svc", Kind::Service),
            ("pvc", Kind::PersistentVolumeClaim),
        ] {
            assert_eq!(kind_called(word), Some(kind), "{word}");
        }
        assert_eq!(kind_called("deployments.extensions"), None);
    }
}
