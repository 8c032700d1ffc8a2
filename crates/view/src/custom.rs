//! Custom types: what their kinds are called, and asking for their instances.

use crate::{CustomResource, Kind, Lookup, Meta, ObjectRef, Str, View};
use std::sync::Arc;

/// A type that the cluster defines itself.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct CustomType {
    /// API group.
    pub group: Str,
    /// Kind as its definition spells it.
    pub kind: Str,
    /// Plural, as in URLs.
    pub plural: Str,
    /// Its instances live in namespaces.
    pub namespaced: bool,
}

/// The group of an `apiVersion`; a group alone is one too, as references spell it (`apiGroup: apps`).
pub fn group_of(api_version: &str) -> &str {
    match api_version.split_once('/') {
        Some((group, _)) => group,
        None if is_version(api_version) => "",
        None => api_version,
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// What a kind is called in references: by its own name, with its group behind it where a kind of the View
/// has the same name and another group (`Service.serving.knative.dev`).
pub fn called(api_version: &str, kind: &str) -> Str {
    let group = group_of(api_version);
    match Kind::parse(kind) {
        // References written by hand often leave the version out: then the plain kind is meant.
        Some(known) if !api_version.is_empty() && known.info().group != group => {
            Str::from(format!("{kind}.{group}"))
        }
        _ => Str::from(kind),
    }
}

impl View {
    /// Looks an instance of a custom type up. [`Lookup::Missing`] also where the type itself is known not
    /// to be defined.
    pub fn lookup_custom(
        &self,
        group: &str,
        kind: &str,
        namespace: &str,
        name: &str,
    ) -> Lookup<'_, CustomResource> {
        let mut named = self.custom_resources.all_named(namespace, name).iter();
        match named.find(|object| object.is(group, kind)) {
            Some(object) => Lookup::Found(object),
            None if self.coverage.of_type(group, kind, namespace).proves_absence() => Lookup::Missing,
            None => Lookup::Unknown,
        }
    }

    /// The instance that a reference names.
    pub fn custom(&self, object: &ObjectRef) -> Option<&Arc<CustomResource>> {
        let named = self.custom_resources.all_named(&object.namespace, &object.name);
        named.iter().find(|instance| instance.called() == object.kind)
    }

    pub(crate) fn custom_meta(&self, object: &ObjectRef) -> Option<&Meta> {
        self.custom(object).map(|instance| &instance.metadata)
    }

    /// A reference to an object of any kind, from its `apiVersion` (or group), kind and name; `namespace` is
    /// left out for kinds that have none.
    pub fn reference_to(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> ObjectRef {
        let called = called(api_version, kind);
        let namespaced = match Kind::parse(&called) {
            Some(known) => known.info().namespaced,
            None => self.is_namespaced(api_version, kind, namespace, name),
        };
        ObjectRef::new(called, if namespaced { namespace } else { "" }, name)
    }

    /// Whether a type that is no kind of the View has namespaces: by its definition, else by what is there.
    fn is_namespaced(&self, api_version: &str, kind: &str, namespace: &str, name: &str) -> bool {
        let group = group_of(api_version);
        let mut types = self.coverage.types().map(|(known, _)| known);
        if let Some(known) = types.find(|t| t.kind == kind && (group.is_empty() || t.group == group)) {
            return known.namespaced;
        }
        let there = |namespace: &str| {
            self.custom_resources.all_named(namespace, name).iter().any(|object| object.kind == kind)
        };
        there(namespace) || !there("")
    }
}
