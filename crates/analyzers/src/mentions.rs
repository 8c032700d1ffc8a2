//! Objects that a message names, and objects that belong to another: what may explain its fault.

use std::collections::HashMap;
use view::{Kind, Meta, Object, ObjectRef, Str, View, group_of};

/// Most objects taken from one message.
const NAMED_MAX: usize = 12;

/// The words for kinds in messages.
pub(crate) struct Kinds(HashMap<String, (Str, Str)>);

impl Kinds {
    /// Of the View and of the custom types that the cluster defines.
    pub(crate) fn new(view: &View) -> Kinds {
        let mut words = HashMap::new();
        for (custom, _) in view.coverage.types() {
            let of = (custom.group.clone(), custom.kind.clone());
            words.insert(custom.plural.to_lowercase(), of.clone());
            words.insert(custom.kind.to_lowercase(), of);
        }
        for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::CustomResource) {
            let of = (Str::from(kind.info().api_version()), Str::from(kind.name()));
            words.insert(kind.info().plural.to_owned(), of.clone());
            words.insert(kind.name().to_lowercase(), of);
        }
        Kinds(words)
    }

    fn get(&self, word: &str) -> Option<&(Str, Str)> {
        let lower = word.to_lowercase();
        // `deployments.apps "web" not found`
        let plain = lower.split('.').next().unwrap_or(&lower);
        self.0.get(plain)
    }

    /// The objects that a message names with their kind: `secrets "x" not found`, `Deployment/ns/name`,
    /// `Job ns/name`. Where it names no namespace, the given one is meant.
    pub(crate) fn named(&self, view: &View, message: &str, namespace: &str) -> Vec<ObjectRef> {
        let words: Vec<(&str, bool)> = message
            .split(|c: char| c.is_whitespace() || ",;()[]{}<>=".contains(c))
            .map(|word| {
                (
                    word.trim_matches(|c: char| "\"'`:.\\".contains(c)),
                    word.starts_with(['"', '\'', '`', '\\']),
                )
            })
            .filter(|(word, _)| !word.is_empty())
            .collect();
        let mut found: Vec<ObjectRef> = Vec::new();
        // A word behind a kind may belong to the sentence: only what is quoted, or exists, is a name.
        let mut add = |of: &(Str, Str), namespace: &str, name: &str, sure: bool| {
            let object = view.reference_to(&of.0, &of.1, namespace, name);
            let is_name = is_name(name) && (sure || view.metadata_of(&object).is_some());
            if is_name && found.len() < NAMED_MAX && !found.contains(&object) {
                found.push(object);
            }
        };
        for (at, (word, _)) in words.iter().enumerate() {
            let parts: Vec<&str> = word.split('/').collect();
            let Some(of) = parts.first().and_then(|kind| self.get(kind)) else { continue };
            match (parts.as_slice(), words.get(at + 1)) {
                ([_, namespace, name], _) => add(of, namespace, name, true),
                ([_, name], _) => add(of, namespace, name, true),
                ([_], Some((next, quoted))) => match next.split_once('/') {
                    Some((namespace, name)) => add(of, namespace, name, true),
                    None => add(of, namespace, next, *quoted),
                },
                _ => {}
            }
        }
        found
    }
}

fn is_name(word: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
    !word.is_empty() && word.len() <= 253 && word.chars().all(allowed)
}

/// An object and, where it runs pods, its pods: a workload may show its fault later than they do.
pub(crate) fn with_pods(view: &View, object: ObjectRef) -> Vec<ObjectRef> {
    let mut all = Vec::new();
    let (namespace, name) = (object.namespace.as_str(), object.name.as_str());
    if object.kind == Kind::Deployment.name() {
        let deployment = view.deployments.get(namespace, name);
        let pods = deployment.into_iter().flat_map(|d| view.pods_of_deployment(d));
        all.extend(pods.map(|pod| pod.reference()));
    } else if let Some(meta) = view.metadata_of(&object).filter(|meta| !meta.uid.is_empty()) {
        all.extend(view.pods_of(&meta.uid).map(|pod| pod.reference()));
    }
    all.insert(0, object);
    all
}

/// What an object owns and what may have a fault of its own.
pub(crate) fn owned(view: &View, meta: &Meta) -> Vec<ObjectRef> {
    let uid = meta.uid.as_str();
    if uid.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<ObjectRef> = Vec::new();
    all.extend(view.pods.owned_by(uid).map(|o| o.reference()));
    all.extend(view.deployments.owned_by(uid).map(|o| o.reference()));
    all.extend(view.replica_sets.owned_by(uid).map(|o| o.reference()));
    all.extend(view.stateful_sets.owned_by(uid).map(|o| o.reference()));
    all.extend(view.daemon_sets.owned_by(uid).map(|o| o.reference()));
    all.extend(view.jobs.owned_by(uid).map(|o| o.reference()));
    all.extend(view.persistent_volume_claims.owned_by(uid).map(|o| o.reference()));
    all.extend(view.certificates.owned_by(uid).map(|o| o.reference()));
    all.extend(view.custom_resources.owned_by(uid).map(|o| o.reference()));
    all
}

/// Who should write a Secret: a Certificate, or an instance of a custom type that says so.
pub(crate) fn makers_of_secret(view: &View, namespace: &str, name: &str) -> Vec<ObjectRef> {
    let certificates = view.certificates.in_namespace(namespace).iter();
    let mut makers: Vec<ObjectRef> =
        certificates.filter(|c| c.spec.secret_name == name).map(|c| c.reference()).collect();
    let writes = |object: &&std::sync::Arc<view::CustomResource>| {
        let mut outputs =
            object.spec.refs.iter().filter(|r| r.is_output() && r.namespace.is_empty()).peekable();
        let own = object.kind.ends_with("Secret") && outputs.peek().is_none() && object.metadata.name == name;
        let target = |r: &view::SpecRef| matches!(r.field.as_str(), "target" | "destination");
        own || outputs.any(|r| {
            let secret =
                r.kind == "Secret" || (r.kind.is_empty() && target(r) && object.kind.contains("Secret"));
            r.name == name && secret
        })
    };
    makers.extend(view.custom_resources.in_namespace(namespace).iter().filter(writes).map(|o| o.reference()));
    makers
}

/// The objects that a custom resource reads, as its spec names them.
pub(crate) fn referred(view: &View, object: &view::CustomResource) -> Vec<ObjectRef> {
    let inputs = object.spec.refs.iter().filter(|r| !r.is_output());
    inputs.filter_map(|r| reference(view, object, r)).collect()
}

/// The object that a field of a custom resource names; none where its kind cannot be told.
pub(crate) fn reference(view: &View, object: &view::CustomResource, r: &view::SpecRef) -> Option<ObjectRef> {
    let namespace = if r.namespace.is_empty() { &object.metadata.namespace } else { &r.namespace };
    let (api_version, kind) = match (r.kind.is_empty(), r.api_version.is_empty()) {
        (true, _) if r.field == "dependsOn" => (object.group(), &object.kind),
        (true, _) => return None,
        // Without a group, a type of the same group is meant where there is one.
        (false, true) => {
            let mut types = view.coverage.types();
            let own = types.any(|(t, _)| t.kind == r.kind && t.group == object.group());
            (if own { object.group() } else { "" }, &r.kind)
        }
        (false, false) => (group_of(&r.api_version), &r.kind),
    };
    Some(view.reference_to(api_version, kind, namespace, &r.name))
}
