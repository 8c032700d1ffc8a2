//! # Custom resource does not exist
//!
//! ## What it finds
//! An instance of a custom type that others refer to and that does not exist: the issuer of a Certificate, the
//! source or a dependency of a Kustomization or HelmRelease, and whatever the spec of an instance that is not
//! well names by kind and name.
//!
//! ## Why it matters
//! What refers to it waits for it for ever.
//!
//! ## When it stays silent
//! For references of what is suspended or being deleted, and where the instances of the type could not be read.
//!
//! ## What to do
//! Create it, or correct the name; references to namespaced types stay in their namespace unless they name one.

use crate::{Findings, Rule, Severity, Source, flux, issuance, polarity, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{CustomResource, Kind, Object, ObjectRef, Str, View, called, group_of};

/// The rule `customresource/missing`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CustomResource, Kind::CustomResourceDefinition],
    severity: Severity::Error,
    since: "0.1.0",
    default: true,
    yields_to: &[],
    run,
};

/// Who needs an object, and by which field.
struct Need {
    by: ObjectRef,
    field: Str,
}

/// Missing objects, by reference, each with its group and kind.
type Needs = BTreeMap<ObjectRef, (Str, Str, Vec<Need>)>;

fn run(view: &View, out: &mut Findings) {
    let mut needs = Needs::new();
    for certificate in view.certificates.iter().filter(|c| c.metadata.deletion_timestamp.is_none()) {
        let (group, kind) = issuance::issuer_type(&certificate.spec.issuer_ref);
        let (namespace, name) = (&certificate.metadata.namespace, &certificate.spec.issuer_ref.name);
        add(view, &mut needs, (group, kind, namespace, name), certificate.reference(), "spec.issuerRef");
    }
    for item in flux::items(view).filter(|item| !item.rests()) {
        for (field, group, to) in item.references() {
            let place = (group, to.kind.as_str(), item.namespace_of(to), to.name.as_str());
            add(view, &mut needs, place, item.object.clone(), field);
        }
    }
    for object in view.custom_resources.iter().filter(|object| is_unwell(view, object)) {
        for r in object.spec.refs.iter().filter(|r| !r.is_output() && !r.kind.is_empty()) {
            let group = if r.api_version.is_empty() { object.group() } else { group_of(&r.api_version) };
            let namespace = if r.namespace.is_empty() { &object.metadata.namespace } else { &r.namespace };
            let place = (group, r.kind.as_str(), namespace.as_str(), r.name.as_str());
            add(view, &mut needs, place, object.reference(), &format!("spec.….{}", r.field));
        }
    }
    report(view, needs, out);
}

fn is_unwell(view: &View, object: &CustomResource) -> bool {
    let status = &object.status;
    let rests = object.spec.rests;
    !rests
        && !polarity::faults(view, &object.metadata, &status.conditions, status.observed_generation)
            .is_empty()
}

/// Adds a need where the object is known not to exist. Kinds of the View have rules of their own, and so has a
/// type that is not defined at all.
fn add(
    view: &View,
    needs: &mut Needs,
    (group, kind, namespace, name): (&str, &str, &str, &str),
    by: ObjectRef,
    field: &str,
) {
    let known = view.coverage.types().any(|(t, _)| t.kind == kind && t.group == group);
    if name.is_empty() || !known || Kind::parse(&called(group, kind)).is_some() {
        return;
    }
    let object = view.reference_to(group, kind, namespace, name);
    if view.lookup_custom(group, kind, &object.namespace, name).is_missing() {
        let need = Need { by, field: field.into() };
        needs.entry(object).or_insert_with(|| (group.into(), kind.into(), Vec::new())).2.push(need);
    }
}

fn report(view: &View, needs: Needs, out: &mut Findings) {
    for (object, (group, kind, users)) in needs {
        let by: BTreeSet<&ObjectRef> = users.iter().map(|need| &need.by).collect();
        let verb = if by.len() == 1 { "needs" } else { "need" };
        let finding =
            out.on(object.clone(), format!("does not exist; {} {verb} it", words::join_some(&by, 3)));
        finding.brief("does not exist").hurts(by.iter().copied());
        for need in users.iter().take(3) {
            finding.proof(Source::Spec, format!("{}: {} names {}", need.by, need.field, object.name));
        }
        let there = view.custom_resources.iter().filter(|other| other.is(&group, &kind));
        let names = there
            .filter(|other| other.metadata.namespace == object.namespace)
            .map(|other| other.metadata.name.as_str());
        let near = words::near(&object.name, names);
        if !near.is_empty() {
            finding.proof(Source::Cluster, format!("there is {kind} {}", near.join(", ")));
            finding.fix(format!("refer to {kind} {} instead, if that is what was meant", near.join(" or ")));
        }
        let place = if object.namespace.is_empty() {
            String::new()
        } else {
            format!(" in namespace {}", object.namespace)
        };
        finding.fix(format!("create {kind} {}{place}, or correct the reference", object.name));
    }
}
