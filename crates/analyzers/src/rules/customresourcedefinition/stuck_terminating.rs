//! # Custom resource definition does not go away
//!
//! ## What it finds
//! A CustomResourceDefinition that has been terminating for more than five minutes, with what the API server says
//! of its objects, and which of them are left.
//!
//! ## Why it matters
//! Its objects are being deleted with it, and no new ones can be made. Installing the program anew fails until
//! the definition is gone.
//!
//! ## When it stays silent
//! In the first five minutes of the deletion.
//!
//! ## What to do
//! Its objects usually wait for a finalizer whose controller was removed first: bring the controller back, or
//! remove the finalizer from each object.

use crate::{Findings, Rule, Severity, Source, words};
use view::{CustomResourceDefinition, Kind, Object, ObjectRef, View, called, condition};

/// The rule `customresourcedefinition/stuck-terminating`.
pub static RULE: Rule = Rule {
    needs: &[Kind::CustomResource, Kind::CustomResourceDefinition],
    severity: Severity::Error,
    since: "0.2.0",
    default: true,
    yields_to: &["customresourcedefinition/conversion-webhook"],
    run,
};

/// Deleting many objects takes minutes (seconds here).
const GRACE_SECONDS: i64 = 300;

fn run(view: &View, out: &mut Findings) {
    for crd in view.custom_resource_definitions.iter() {
        let Some(deleted) = crd.metadata.deletion_timestamp else { continue };
        let late = view.now.seconds_since(deleted);
        if late < GRACE_SECONDS {
            continue;
        }
        let terminating = condition(&crd.status.conditions, "Terminating").filter(|c| c.is_true());
        let message = terminating.map_or("", |c| c.message.trim_end_matches('.'));
        let why = match message.is_empty() {
            true => format!("finalizers {} remain", words::join_some(&crd.metadata.finalizers, 3)),
            false => message.to_owned(),
        };
        let finding =
            out.on(crd.reference(), format!("is still terminating after {}: {why}", words::age(late)));
        finding.brief("stuck terminating").field("metadata.finalizers").same(why.clone());
        if let Some(c) = terminating {
            finding.proof(Source::Status, format!("Terminating=True, {}: {}", c.reason, c.message));
        }
        let finalizers = words::join_some(&crd.metadata.finalizers, 3);
        finding.proof(Source::Spec, format!("finalizers: {finalizers}"));
        let name = &crd.metadata.name;
        let left = left(view, crd);
        let whose = match words::join_some(&left, 3) {
            known if known.is_empty() => format!("the objects of {name}"),
            known => {
                finding.proof(Source::Cluster, format!("still there: {known}"));
                known
            }
        };
        finding.fix(format!(
            "bring back the controller whose finalizers are on {whose}, or remove them from each object"
        ));
        finding.command(format!("kubectl get {name} -A")).because_all(left);
    }
}

/// Its objects that are being deleted with it.
fn left(view: &View, crd: &CustomResourceDefinition) -> Vec<ObjectRef> {
    let (group, kind) = (&crd.spec.group, &crd.spec.names.kind);
    let name = called(group, kind);
    let of_group = |object: &ObjectRef| view.custom(object).is_none_or(|known| known.is(group, kind));
    let deleting = view.deleting().into_iter().map(|(object, _)| object);
    deleting.filter(|object| object.kind == name && of_group(object)).collect()
}
