//! Where a kind is listed: at its declared version, at another one that the server has instead, or nowhere.

use std::sync::Arc;

use futures::FutureExt;
use futures::future::{BoxFuture, Shared};
use view::{Kind, Status};

use crate::cluster::Cluster;
use crate::discover::Discovered;
use crate::resource::{self, Resource};
use crate::send::Deadline;

/// What the server serves, asked for once however many lists wait for it; nothing when it cannot be told.
pub(crate) type Served<'a> = Shared<BoxFuture<'a, Option<Arc<Discovered>>>>;

/// Whether to ask for a kind's list.
pub(crate) enum Place {
    /// Here.
    Ask(Resource),
    /// Not at all: the outcome is known.
    Known(Status),
}

impl Cluster {
    /// The types that the server serves, once somebody waits for them.
    pub(crate) fn served(&self, deadline: Deadline) -> Served<'_> {
        let asked = async move {
            let found = tokio::time::timeout_at(deadline.at, self.discover()).await;
            found.ok().and_then(|found| {
                found.inspect_err(|error| tracing::debug!(%error, "every list is tried instead")).ok()
            })
        };
        asked.boxed().shared()
    }

    /// Where to list a kind. Groups that every server has are not waited for.
    pub(crate) async fn place(&self, kind: Kind, served: &Served<'_>) -> Place {
        let declared = declared(kind);
        if is_built_in(&declared.group) {
            return Place::Ask(declared);
        }
        let Some(found) = served.clone().await else { return Place::Ask(declared) };
        match found.version_of(&declared) {
            Some(version) => Place::Ask(Resource { version, ..declared }),
            None if found.down.contains(&declared.group) => {
                let reason = format!("the server of API group {} does not answer", declared.group);
                Place::Known(Status::Failed(reason.as_str().into()))
            }
            // A recording that has no such type knows best whether it would have it.
            None if !self.identity().live => Place::Ask(declared),
            None => Place::Known(Status::Absent),
        }
    }
}

impl Discovered {
    /// The version in which a type is served: its own if it is, else the preferred one.
    pub(crate) fn version_of(&self, wanted: &Resource) -> Option<String> {
        let same = |r: &&Resource| r.group == wanted.group && r.plural == wanted.plural;
        let mut all = self.all.iter().filter(same);
        let first = all.next()?;
        let own = std::iter::once(first).chain(all).find(|r| r.version == wanted.version);
        Some(own.unwrap_or(first).version.clone())
    }
}

/// The type of a kind, as the View declares it.
pub(crate) fn declared(kind: Kind) -> Resource {
    let info = kind.info();
    resource::of_definition(info.group, info.version, info.name, info.plural, info.namespaced)
}

/// A group that every API server serves.
pub(crate) fn is_built_in(group: &str) -> bool {
    resource::built_in().any(|known| known.group == group)
}
