//! What is reported, chosen once, after folding.

use crate::{Cause, FilterSet, Finding, Related};
use view::{Kind, LabelSelector, ObjectRef, View};

/// Which causes are reported. Nothing here narrows what rules see.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Only causes that touch this namespace.
    pub namespace: Option<String>,
    /// Only causes that touch an object with these labels (or one whose owner has them).
    pub selector: Option<LabelSelector>,
    /// Only causes that concern this object.
    pub object: Option<Related>,
}

impl Scope {
    /// True for a cause in which a chosen filter speaks and that touches an object in scope: a
    /// cluster-scoped root is reported for the namespace that it breaks, and for no other.
    pub fn selects(&self, view: &View, cause: &Cause, filters: &FilterSet) -> bool {
        cause.findings().any(|finding| is_voiced(finding, filters))
            && cause.findings().any(|finding| in_scope(view, finding, self))
            && self.object.as_ref().is_none_or(|related| related.concerns(cause))
    }
}

/// Keeps the causes that a scope selects.
pub fn select(view: &View, causes: Vec<Cause>, scope: &Scope, filters: &FilterSet) -> Vec<Cause> {
    causes.into_iter().filter(|cause| scope.selects(view, cause, filters)).collect()
}

/// A chosen filter speaks of it, or it has none of its own and hurts what a chosen filter speaks of.
/// A custom analyzer was chosen, or it would not have been asked.
fn is_voiced(finding: &Finding, filters: &FilterSet) -> bool {
    finding.said.is_some()
        || filters.contains(finding.filter)
        || (finding.filter.is_empty() && finding.hurts.iter().any(|kind| filters.contains(kind)))
}

/// A custom analyzer knew the scope when it looked: what it says of something that is not in the View is in it,
/// unless it names another namespace.
fn in_scope(view: &View, finding: &Finding, scope: &Scope) -> bool {
    let object = &finding.object;
    let elsewhere = finding.said.is_some() && view.metadata_of(object).is_none();
    let of_namespace = scope.namespace.as_ref().is_none_or(|namespace| {
        let itself = object.kind == Kind::Namespace.name() && object.name == *namespace.as_str();
        let nowhere = elsewhere && object.namespace.is_empty();
        object.namespace == *namespace.as_str() || itself || nowhere
    });
    of_namespace && (elsewhere || carried(view, object, scope))
}

fn carried(view: &View, object: &ObjectRef, scope: &Scope) -> bool {
    scope.selector.as_ref().is_none_or(|selector| carries(view, object, selector))
}

fn carries(view: &View, object: &ObjectRef, selector: &LabelSelector) -> bool {
    let Some(meta) = view.metadata_of(object) else { return false };
    let owners = view.owners_of(meta);
    let owners = owners.iter().filter_map(|owner| view.metadata_of(owner));
    std::iter::once(meta).chain(owners).any(|meta| selector.matches(&meta.labels))
}
