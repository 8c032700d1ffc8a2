//! Who manages whom.

use crate::{Deployment, Meta, Object, ObjectRef, Pod, ReplicaSet, View};
use std::sync::Arc;

/// Longest chain of owners that is followed; a cycle in broken data ends here.
const HOPS_MAX: usize = 8;

impl View {
    /// The controller of an object, or its first owner when none is marked as controller.
    pub fn owner_of(&self, meta: &Meta) -> Option<ObjectRef> {
        let owners = &meta.owner_references;
        let owner = owners.iter().find(|o| o.controller == Some(true)).or_else(|| owners.first())?;
        Some(self.reference_to(&owner.api_version, &owner.kind, &meta.namespace, &owner.name))
    }

    /// The chain of owners from the nearest to the topmost: `[ReplicaSet, Deployment]` for a pod of a
    /// Deployment. Owners that were not read (custom resources) end the chain but are in it.
    pub fn owners_of(&self, meta: &Meta) -> Vec<ObjectRef> {
        let mut chain = Vec::new();
        let mut next = self.owner_of(meta);
        while let Some(owner) = next {
            if chain.len() >= HOPS_MAX || chain.contains(&owner) {
                break;
            }
            next = match self.metadata_of(&owner) {
                Some(meta) => self.owner_of(meta),
                None => deployment_behind(&owner, meta),
            };
            chain.push(owner);
        }
        chain
    }

    /// The topmost owner, or the object itself when nobody owns it.
    pub fn top_owner(&self, object: &ObjectRef, meta: &Meta) -> ObjectRef {
        self.owners_of(meta).pop().unwrap_or_else(|| object.clone())
    }

    /// The topmost owner of an object known by reference only; itself when it is not in the View.
    pub fn top_owner_of(&self, object: &ObjectRef) -> ObjectRef {
        self.metadata_of(object).map_or_else(|| object.clone(), |meta| self.top_owner(object, meta))
    }

    /// Pods directly owned by the object with this uid.
    pub fn pods_of<'a>(&'a self, uid: &'a str) -> impl Iterator<Item = &'a Arc<Pod>> {
        self.pods.owned_by(uid)
    }

    /// Pods of every ReplicaSet of a Deployment. Where ReplicaSets were not read, pods tell by themselves
    /// whose they are.
    pub fn pods_of_deployment<'a>(&'a self, deployment: &'a Deployment) -> Vec<&'a Arc<Pod>> {
        let namespace = &deployment.metadata.namespace;
        if self.proves_absence::<ReplicaSet>(namespace) {
            let sets = self.replica_sets.owned_by(&deployment.metadata.uid);
            return sets.flat_map(|set| self.pods.owned_by(&set.metadata.uid)).collect();
        }
        let wanted = deployment.reference();
        let pods = self.pods.in_namespace(namespace).iter();
        pods.filter(|pod| self.owners_of(&pod.metadata).contains(&wanted)).collect()
    }
}

/// The Deployment behind a ReplicaSet that was not read: its controller names the set after itself and the
/// hash that it writes on every pod.
fn deployment_behind(owner: &ObjectRef, meta: &Meta) -> Option<ObjectRef> {
    let hash = meta.labels.get("pod-template-hash").filter(|_| owner.kind == "ReplicaSet")?;
    let name = owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')?;
    Some(ObjectRef::new("Deployment", owner.namespace.clone(), name))
}
