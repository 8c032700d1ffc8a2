//! What one object is made of and depends on: the scope of a diagnosis of that object alone.

use crate::Cause;
use crate::endpoints::matching;
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, PodSpec, Str, View, references};

/// An object with everything that it depends on.
#[derive(Clone, Debug, Default)]
pub struct Related {
    /// The object.
    pub object: ObjectRef,
    /// The object and what it owns.
    own: BTreeSet<ObjectRef>,
    /// What these need or are reached by, existing or not.
    needs: BTreeSet<ObjectRef>,
}

impl Related {
    /// Follows owners, owned objects and references.
    pub fn of(view: &View, object: &ObjectRef) -> Related {
        let mut related = Related { object: object.clone(), ..Related::default() };
        related.add_own(view, object.clone());
        let mut open: Vec<ObjectRef> = related.own.iter().cloned().collect();
        let mut seen: BTreeSet<ObjectRef> = related.own.clone();
        while let Some(next) = open.pop() {
            let upwards = view.metadata_of(&next).map(|meta| view.owners_of(meta)).unwrap_or_default();
            related.needs.extend(upwards.into_iter().filter(|owner| !related.own.contains(owner)));
            for needed in needs(view, &next) {
                if seen.insert(needed.clone()) {
                    related.needs.insert(needed.clone());
                    open.push(needed);
                }
            }
        }
        related.needs.extend(reached_by(view, &related.own));
        related.needs.retain(|needed| !related.own.contains(needed));
        related
    }

    fn add_own(&mut self, view: &View, object: ObjectRef) {
        let mut open = vec![object];
        while let Some(next) = open.pop() {
            if !self.own.insert(next.clone()) {
                continue;
            }
            let uid = view.metadata_of(&next).map(|meta| meta.uid.clone()).unwrap_or_default();
            if !uid.is_empty() {
                open.extend(view.owned_by(&uid));
            }
        }
    }

    /// True for a cause that touches the object or what it owns, and for one whose root is on something
    /// that these depend on.
    pub fn concerns(&self, cause: &Cause) -> bool {
        cause.findings().any(|finding| self.own.contains(&finding.object))
            || cause.roots().any(|finding| self.needs.contains(&finding.object))
    }

    /// How many of the objects that it depends on were seen, by kind.
    pub fn seen(&self, view: &View) -> BTreeMap<Str, usize> {
        let mut counts = BTreeMap::new();
        let others = self.own.iter().filter(|own| **own != self.object).chain(&self.needs);
        for object in others.filter(|object| view.metadata_of(object).is_some()) {
            *counts.entry(object.kind.clone()).or_default() += 1;
        }
        counts
    }
}

/// What an object names or selects.
fn needs(view: &View, object: &ObjectRef) -> Vec<ObjectRef> {
    let ObjectRef { kind, namespace, name } = object;
    let here = |kind: Kind, name: &Str| ObjectRef::new(kind.name(), namespace.clone(), name.clone());
    let wide = |kind: Kind, name: &Str| ObjectRef::new(kind.name(), "", name.clone());
    let mut all = Vec::new();
    if let Some((spec, pod)) = pod_spec(view, object) {
        let named = references(spec, pod).into_iter().filter(|reference| !reference.optional);
        all.extend(named.map(|reference| here(reference.kind, &reference.name)));
        all.extend((!spec.node_name.is_empty()).then(|| wide(Kind::Node, &spec.node_name)));
    }
    match Kind::parse(kind) {
        Some(Kind::StatefulSet) => all.extend(claims_of(view, namespace, name)),
        Some(Kind::PersistentVolumeClaim) => {
            if let Some(claim) = view.persistent_volume_claims.get(namespace, name) {
                let class = claim.class().filter(|class| !class.is_empty());
                all.extend(class.map(|class| wide(Kind::StorageClass, class)));
                let volume = Some(&claim.spec.volume_name).filter(|volume| !volume.is_empty());
                all.extend(volume.map(|volume| wide(Kind::PersistentVolume, volume)));
            }
        }
        Some(Kind::Service) => {
            if let Some(service) = view.services.get(namespace, name) {
                let selector = Some(&service.spec.selector).filter(|selector| !selector.is_empty());
                let pods = selector.map(|selector| matching(view, namespace, selector)).unwrap_or_default();
                all.extend(pods.iter().map(|pod| pod.reference()));
            }
        }
        Some(Kind::Ingress) => {
            if let Some(ingress) = view.ingresses.get(namespace, name) {
                all.extend(ingress.class().map(|class| wide(Kind::IngressClass, class)));
                all.extend(ingress.backends().map(|(_, _, service)| here(Kind::Service, &service.name)));
                let secrets = ingress.spec.tls.iter().filter(|tls| !tls.secret_name.is_empty());
                all.extend(secrets.map(|tls| here(Kind::Secret, &tls.secret_name)));
            }
        }
        _ => {}
    }
    all
}

/// The pod spec of a pod or of a workload's template, and the pod's name.
fn pod_spec<'a>(view: &'a View, object: &'a ObjectRef) -> Option<(&'a PodSpec, &'a str)> {
    let ObjectRef { kind, namespace, name } = object;
    let template = match Kind::parse(kind)? {
        Kind::Pod => return view.pods.get(namespace, name).map(|pod| (&pod.spec, name.as_str())),
        Kind::Deployment => &view.deployments.get(namespace, name)?.spec.template,
        Kind::ReplicaSet => &view.replica_sets.get(namespace, name)?.spec.template,
        Kind::StatefulSet => &view.stateful_sets.get(namespace, name)?.spec.template,
        Kind::DaemonSet => &view.daemon_sets.get(namespace, name)?.spec.template,
        Kind::Job => &view.jobs.get(namespace, name)?.spec.template,
        Kind::CronJob => &view.cron_jobs.get(namespace, name)?.spec.job_template.spec.template,
        _ => return None,
    };
    Some((&template.spec, ""))
}

/// The claims that a StatefulSet makes for its pods: `template-set-0`, pods or not.
fn claims_of(view: &View, namespace: &str, name: &str) -> Vec<ObjectRef> {
    let Some(set) = view.stateful_sets.get(namespace, name) else { return Vec::new() };
    let prefixes: Vec<String> =
        set.spec.volume_claim_templates.iter().map(|t| format!("{}-{name}-", t.metadata.name)).collect();
    let made = |claim: &str| {
        let number = prefixes.iter().find_map(|prefix| claim.strip_prefix(prefix.as_str()));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
    };
    let claims = view.persistent_volume_claims.in_namespace(namespace).iter();
    claims.filter(|claim| made(&claim.metadata.name)).map(|claim| claim.reference()).collect()
}

/// Services and Ingresses that lead to these objects, the service a StatefulSet is named by among them.
fn reached_by(view: &View, own: &BTreeSet<ObjectRef>) -> Vec<ObjectRef> {
    let mut namespaces: BTreeSet<&Str> = own.iter().map(|object| &object.namespace).collect();
    namespaces.remove(&Str::default());
    let mut found = Vec::new();
    for namespace in namespaces {
        let labels: Vec<&view::Map> = own.iter().filter_map(|object| labels_of(view, object)).collect();
        let services = view.services.in_namespace(namespace).iter().filter(|service| {
            let selector = &service.spec.selector;
            let selects = || labels.iter().any(|labels| selector.is_subset_of(labels));
            own.contains(&service.reference()) || (!selector.is_empty() && selects())
        });
        let services: BTreeSet<&Str> = services.map(|service| &service.metadata.name).collect();
        let leads = |ingress: &view::Ingress| ingress.backends().any(|(_, _, s)| services.contains(&s.name));
        let ingresses = view.ingresses.in_namespace(namespace).iter().filter(|ingress| leads(ingress));
        found.extend(ingresses.map(|ingress| ingress.reference()));
        let service = |name: &Str| ObjectRef::new(Kind::Service.name(), namespace.clone(), name.clone());
        found.extend(services.into_iter().map(service));
    }
    found
}

/// The labels of pods: its own, or those that a workload gives its pods.
fn labels_of<'a>(view: &'a View, object: &ObjectRef) -> Option<&'a view::Map> {
    let ObjectRef { kind, namespace, name } = object;
    Some(match Kind::parse(kind)? {
        Kind::Pod => &view.pods.get(namespace, name)?.metadata.labels,
        Kind::Deployment => &view.deployments.get(namespace, name)?.spec.template.metadata.labels,
        Kind::StatefulSet => &view.stateful_sets.get(namespace, name)?.spec.template.metadata.labels,
        Kind::DaemonSet => &view.daemon_sets.get(namespace, name)?.spec.template.metadata.labels,
        _ => return None,
    })
}
