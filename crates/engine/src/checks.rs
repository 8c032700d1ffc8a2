//! An analysis that could not look must not pass for one that found nothing.

use crate::Error;
use cluster::Cluster;
use std::collections::BTreeSet;
use view::{Kind, Lookup, Namespace, View};

/// Refuses a View in which nothing could be read of the kinds that were asked for.
pub(crate) fn check_something_read(
    view: &View,
    kinds: &BTreeSet<Kind>,
    cluster: &Cluster,
) -> Result<(), Error> {
    match nothing_read(view, kinds) {
        None => Ok(()),
        Some(reason) => Err(Error::NothingRead { cluster: cluster.identity().to_string(), reason }),
    }
}

/// Why not one list could be read; none as soon as one was. An empty View of a cluster that may not be looked
/// at must not pass for a healthy one.
fn nothing_read(view: &View, kinds: &BTreeSet<Kind>) -> Option<String> {
    let mut failed = None;
    let mut forbidden = Vec::new();
    // Instances of custom types are found through their definitions, which are a kind of their own.
    for &kind in kinds.iter().filter(|kind| **kind != Kind::CustomResource) {
        match view.coverage.of_kind(kind) {
            view::Status::NotRead | view::Status::Absent => {}
            view::Status::Forbidden => forbidden.push(kind.info().plural),
            _ if kind.info().remote => {}
            view::Status::Failed(reason) => failed = failed.or_else(|| Some(reason.to_string())),
            _ => return None,
        }
    }
    let allowed = || {
        let (first, more) = forbidden.split_first()?;
        let more = match more.len() {
            0 => String::new(),
            count => format!(" and {}", crate::render::counted(count, "other kind")),
        };
        Some(format!("it is forbidden to list {first}{more}; where only one namespace is allowed, name it"))
    };
    failed.or_else(allowed)
}

/// Refuses a namespace that does not exist.
pub(crate) fn check_namespace(view: &View, namespace: &str) -> Result<(), Error> {
    if let Lookup::Missing = view.lookup::<Namespace>("", namespace) {
        let names = view.namespaces.iter().map(|n| n.metadata.name.as_str());
        let near = analyzers::near(namespace, names).into_iter().map(str::to_owned).collect();
        return Err(Error::UnknownNamespace { given: namespace.to_owned(), near });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use view::{Builder, Rows, Status, Time};

    fn view_of(statuses: &[(Kind, Status)]) -> View {
        let mut builder = Builder::new(Time::from_unix(0), "v1.36.3");
        for (kind, status) in statuses {
            builder.set(Rows::empty(*kind), status.clone(), None);
        }
        builder.finish()
    }

    #[test]
    fn a_cluster_that_may_not_be_looked_at_is_not_healthy() {
        let reason = |statuses: &[(Kind, Status)], kinds: &[Kind]| {
            nothing_read(&view_of(statuses), &kinds.iter().copied().collect())
        };
        let forbidden = [(Kind::Pod, Status::Forbidden), (Kind::Node, Status::Forbidden)];
        let said = reason(&forbidden, Kind::ALL).unwrap();
        assert!(said.starts_with("it is forbidden to list pods and 1 other kind;"), "{said}");
        let some = [forbidden[0].clone(), (Kind::Node, Status::Complete)];
        assert_eq!(reason(&some, Kind::ALL), None);
        assert!(reason(&some, &[Kind::Pod]).is_some(), "what was read beside it was not asked for");
        let failed = [(Kind::Pod, Status::Failed("broken".into()))];
        assert_eq!(reason(&failed, Kind::ALL).unwrap(), "broken");
    }
}
