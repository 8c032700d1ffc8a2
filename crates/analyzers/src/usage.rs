//! Who refers to which ConfigMap or Secret, and whether it is there.

use crate::containers::Seen;
use crate::{Findings, Severity, Source, certificates, mentions, readiness, words};
use std::collections::{BTreeMap, BTreeSet};
use view::{Kind, Object, ObjectRef, Place, PodSpec, Reference, Str, View, references};

/// One reference with the object that makes it.
pub(crate) struct Use {
    /// The pod, or the workload whose template says so.
    pub by: ObjectRef,
    /// Its topmost owner, or itself.
    pub owner: ObjectRef,
    pub reference: Reference,
    /// It waits for what is referred to.
    pub waits: bool,
}

/// References by namespace and name of what is referred to.
pub(crate) type Uses = BTreeMap<(Str, Str), Vec<Use>>;

/// Whether an object that is referred to exists, and which keys it has.
pub(crate) enum Existence<'a> {
    Unknown,
    Missing,
    Keys(Vec<&'a Str>),
}

/// The references to missing objects of this kind that are not optional, by pods that should run and by
/// templates of workloads that should have pods and have none.
pub(crate) fn uses_of_missing(view: &View, kind: Kind) -> Uses {
    uses(view, kind, |namespace, name, _| {
        matches!(existence(view, kind, namespace, name), Existence::Missing)
    })
}

/// The same for keys that an existing object lacks.
fn uses_of_missing_keys(view: &View, kind: Kind) -> Uses {
    uses(view, kind, |namespace, name, key| match (existence(view, kind, namespace, name), key) {
        (Existence::Keys(keys), Some(key)) => !keys.contains(&key),
        _ => false,
    })
}

/// What is asked first of the namespace, the name and the key keeps ten thousand references in order from
/// costing more than a look.
fn uses(view: &View, kind: Kind, is_asked: impl Fn(&str, &str, Option<&Str>) -> bool) -> Uses {
    let mut all = Uses::new();
    let mut add = |by: &dyn Fn() -> (ObjectRef, ObjectRef),
                   namespace: &Str,
                   spec: &PodSpec,
                   pod_name: &str,
                   waits: bool,
                   wanted: &dyn Fn(&Reference) -> bool| {
        let asked = references(spec, pod_name).into_iter();
        let asked = asked.filter(|r| r.kind == kind && !r.optional && wanted(r));
        for reference in asked.filter(|r| is_asked(namespace, &r.name, r.key.as_ref())) {
            let (by, owner) = by();
            let waits = waits && (!reference.pull_secret || waits_for_image(view, &by));
            let key = (namespace.clone(), reference.name.clone());
            all.entry(key).or_default().push(Use { by, owner, reference, waits });
        }
    };
    for needed in view.needed(kind) {
        let (namespace, name) = (&needed.namespace, &needed.name);
        let keys = needed.keys.iter().map(Some);
        if !keys.chain([None]).any(|key| is_asked(namespace, name, key)) {
            continue;
        }
        for pod in view.pods_needing(needed).filter(|pod| pod.should_run()) {
            let by = || {
                let by = pod.reference();
                let owner = view.top_owner(&by, &pod.metadata);
                (by, owner)
            };
            let wanted = |reference: &Reference| reference.name == *name;
            add(&by, namespace, &pod.spec, &pod.metadata.name, !pod.is_ready(), &wanted);
        }
    }
    for (object, spec) in idle_templates(view) {
        add(&|| (object.clone(), object.clone()), &object.namespace, spec, "", false, &|_| true);
    }
    all
}

/// Adds the certificates that Ingresses and Gateways name.
pub(crate) fn add_certificates(view: &View, uses: &mut Uses) {
    for ingress in view.ingresses.iter().filter(|i| i.metadata.deletion_timestamp.is_none()) {
        for tls in ingress.spec.tls.iter().filter(|tls| !tls.secret_name.is_empty()) {
            let name = tls.secret_name.clone();
            let place = Place::Certificate(words::join_some(&tls.hosts, 3));
            let reference =
                Reference { kind: Kind::Secret, name, key: None, optional: false, pull_secret: false, place };
            let key = (ingress.metadata.namespace.clone(), tls.secret_name.clone());
            let by = ingress.reference();
            uses.entry(key).or_default().push(Use { owner: by.clone(), by, reference, waits: true });
        }
    }
    for gateway in view.gateways.iter().filter(|g| g.metadata.deletion_timestamp.is_none()) {
        for listener in &gateway.spec.listeners {
            for (secret, _) in certificates::of_listener(view, gateway, listener) {
                let (name, place) = (secret.name.clone(), Place::Listener(listener.name.clone()));
                let reference = Reference {
                    kind: Kind::Secret,
                    name,
                    key: None,
                    optional: false,
                    pull_secret: false,
                    place,
                };
                let by = gateway.reference();
                let used = Use { owner: by.clone(), by, reference, waits: true };
                uses.entry((secret.namespace, secret.name)).or_default().push(used);
            }
        }
    }
}

fn waits_for_image(view: &View, pod: &ObjectRef) -> bool {
    let pod = view.pods.get(&pod.namespace, &pod.name);
    pod.is_some_and(|pod| matches!(readiness::state(pod).as_str(), "ImagePullBackOff" | "ErrImagePull"))
}

/// Templates of workloads that should have pods and have none, and of CronJobs between runs.
fn idle_templates(view: &View) -> impl Iterator<Item = (ObjectRef, &PodSpec)> {
    let sets =
        view.replica_sets.iter().filter(|s| s.spec.replicas.unwrap_or(1) > 0 && s.status.replicas == 0);
    let stateful = view.stateful_sets.iter();
    let stateful = stateful.filter(|s| s.spec.replicas.unwrap_or(1) > 0 && s.status.replicas == 0);
    let daemons = view.daemon_sets.iter();
    let daemons =
        daemons.filter(|d| d.status.desired_number_scheduled > 0 && d.status.current_number_scheduled == 0);
    let crons = view.cron_jobs.iter().filter(|c| c.spec.suspend != Some(true));
    sets.map(|s| (s.reference(), &s.spec.template.spec))
        .chain(stateful.map(|s| (s.reference(), &s.spec.template.spec)))
        .chain(daemons.map(|d| (d.reference(), &d.spec.template.spec)))
        .chain(crons.map(|c| (c.reference(), &c.spec.job_template.spec.template.spec)))
}

/// Every pod template of a namespace's workloads, running or not.
pub(crate) fn templates<'a>(view: &'a View, namespace: &str) -> impl Iterator<Item = &'a PodSpec> {
    let deployments = view.deployments.in_namespace(namespace).iter().map(|d| &d.spec.template.spec);
    let replica_sets = view.replica_sets.in_namespace(namespace).iter().map(|r| &r.spec.template.spec);
    let stateful = view.stateful_sets.in_namespace(namespace).iter().map(|s| &s.spec.template.spec);
    let daemons = view.daemon_sets.in_namespace(namespace).iter().map(|d| &d.spec.template.spec);
    let jobs = view.jobs.in_namespace(namespace).iter().map(|j| &j.spec.template.spec);
    let crons =
        view.cron_jobs.in_namespace(namespace).iter().map(|c| &c.spec.job_template.spec.template.spec);
    deployments.chain(replica_sets).chain(stateful).chain(daemons).chain(jobs).chain(crons)
}

/// Whether the object exists, and its keys.
pub(crate) fn existence<'a>(view: &'a View, kind: Kind, namespace: &str, name: &str) -> Existence<'a> {
    let found = match kind {
        Kind::Secret => view.secrets.get(namespace, name).map(|s| s.data.keys().collect()),
        _ => {
            view.config_maps.get(namespace, name).map(|c| c.data.keys().chain(c.binary_data.keys()).collect())
        }
    };
    match found {
        Some(keys) => Existence::Keys(keys),
        None if view.coverage.of(kind, namespace).proves_absence() => Existence::Missing,
        None => Existence::Unknown,
    }
}

/// Every ConfigMap and Secret that a pod needs and that does not exist: the kubelet names only the first.
pub(crate) fn absent(view: &View, pod: &view::Pod) -> Vec<ObjectRef> {
    let namespace = &pod.metadata.namespace;
    let needed = references(&pod.spec, &pod.metadata.name)
        .into_iter()
        .filter(|r| !r.optional && !r.pull_secret && matches!(r.kind, Kind::ConfigMap | Kind::Secret));
    let absent = needed.filter(|r| matches!(existence(view, r.kind, namespace, &r.name), Existence::Missing));
    absent.map(|r| ObjectRef::new(r.kind.name(), namespace.clone(), r.name)).collect()
}

/// The ConfigMaps and Secrets that lack a key which this container mounts by `subPath`: it finds an empty
/// directory where it looks for a file.
pub(crate) fn absent_sub_paths(view: &View, container: &Seen<'_>) -> Vec<ObjectRef> {
    let meta = &container.pod.metadata;
    let mounted = references(&container.pod.spec, &meta.name).into_iter();
    let absent = mounted.filter(|r| is_of(container, &r.place) && !r.optional).filter(|r| {
        let keys = existence(view, r.kind, &meta.namespace, &r.name);
        matches!(keys, Existence::Keys(keys) if r.key.as_ref().is_some_and(|key| !keys.contains(&key)))
    });
    absent.map(|r| ObjectRef::new(r.kind.name(), meta.namespace.clone(), r.name)).collect()
}

fn is_of(container: &Seen<'_>, place: &Place) -> bool {
    matches!(place, Place::SubPath { container: name, .. } if *name == container.status.name)
}

/// One finding on every missing object of this kind that something refers to.
pub(crate) fn report_missing(view: &View, kind: Kind, uses: &Uses, out: &mut Findings) {
    for ((namespace, name), uses) in uses {
        if !matches!(existence(view, kind, namespace, name), Existence::Missing) {
            continue;
        }
        let makers = match kind {
            Kind::Secret => mentions::makers_of_secret(view, namespace, name),
            _ => Vec::new(),
        };
        if makers.iter().any(|maker| is_young(view, maker)) {
            continue;
        }
        let owners: BTreeSet<&ObjectRef> = uses.iter().map(|u| &u.owner).collect();
        let object = ObjectRef::new(kind.name(), namespace.clone(), name.clone());
        let needs = if owners.len() == 1 { "needs" } else { "need" };
        let finding = out.on(object, format!("does not exist; {} {needs} it", words::join_some(&owners, 3)));
        finding.brief("does not exist").severity(severity(uses)).hurts(hurt(uses));
        places(finding, uses);
        let names: Vec<&str> = match kind {
            Kind::Secret => view.secrets.names_in(namespace).collect(),
            _ => view.config_maps.names_in(namespace).collect(),
        };
        let near = words::near(name, names.into_iter().filter(|n| *n != "kube-root-ca.crt"));
        if !near.is_empty() {
            finding.proof(Source::Cluster, format!("near names in {namespace}: {}", near.join(", ")));
            finding.fix(format!("refer to {} instead, if that is what was meant", near.join(" or ")));
        }
        for maker in &makers {
            finding.proof(Source::Cluster, format!("{maker} should write it"));
            finding.fix(format!("find out why {maker} has not written it"));
        }
        finding.because_all(makers.iter().cloned());
        if makers.is_empty() {
            finding.fix(format!("create {kind} {name} in namespace {namespace}{}", with_keys(uses)));
        }
    }
}

/// What should write an object may need a moment.
fn is_young(view: &View, maker: &ObjectRef) -> bool {
    const WRITING: i64 = 180;
    let created = view.metadata_of(maker).and_then(|meta| meta.creation_timestamp);
    created.is_some_and(|at| view.now.seconds_since(at) < WRITING)
}

/// One finding on every object of this kind for each key that something refers to and it does not have.
pub(crate) fn report_missing_keys(view: &View, kind: Kind, out: &mut Findings) {
    for ((namespace, name), uses) in uses_of_missing_keys(view, kind) {
        let Existence::Keys(keys) = existence(view, kind, &namespace, &name) else { continue };
        let wanted: BTreeSet<&Str> = uses.iter().filter_map(|u| u.reference.key.as_ref()).collect();
        for key in wanted.into_iter().filter(|key| !key.is_empty() && !keys.contains(key)) {
            let users: Vec<&Use> = uses.iter().filter(|u| u.reference.key.as_ref() == Some(key)).collect();
            let there = match keys.is_empty() {
                true => "it has none".to_owned(),
                false => format!("its keys are {}", words::join_some(&keys, 8)),
            };
            let object = ObjectRef::new(kind.name(), namespace.clone(), name.clone());
            let finding = out.on(object, format!("has no key {key}; {there}"));
            finding.brief(format!("has no key {key}")).severity(severity(users.iter().copied()));
            finding.hurts(hurt(users.iter().copied()));
            places(finding, users.iter().copied());
            let near = words::near(key, keys.iter().map(|k| k.as_str()));
            if !near.is_empty() {
                finding.fix(format!("refer to key {} instead, if that is what was meant", near.join(" or ")));
            }
            finding.fix(format!("add key {key} to {kind} {namespace}/{name}"));
        }
    }
}

/// Those that fail without it, now or at their next start. Whoever runs without its pull secret goes on
/// doing so; only on a DaemonSet is one reported, whose next node has to pull.
fn hurt<'a>(uses: impl IntoIterator<Item = &'a Use>) -> impl Iterator<Item = &'a ObjectRef> {
    uses.into_iter().filter(|u| !is_idle_pull_secret(u)).map(|u| &u.owner)
}

fn is_idle_pull_secret(used: &Use) -> bool {
    used.reference.pull_secret && !used.waits && used.owner.kind != Kind::DaemonSet.name()
}

/// Broken for whoever waits for it; otherwise it breaks the next start.
fn severity<'a>(uses: impl IntoIterator<Item = &'a Use>) -> Severity {
    let mut severity = Severity::Info;
    for used in uses {
        let this = match used.waits {
            true => Severity::Error,
            false if is_idle_pull_secret(used) => Severity::Info,
            false => Severity::Warning,
        };
        severity = severity.max(this);
    }
    severity
}

fn places<'a>(finding: &mut crate::Finding, uses: impl IntoIterator<Item = &'a Use>) {
    let mut seen = BTreeSet::new();
    for used in uses {
        if seen.len() < 4 && seen.insert((used.owner.clone(), used.reference.place.clone())) {
            let key = used.reference.key.as_ref().map(|k| format!(", key {k}")).unwrap_or_default();
            finding.proof(Source::Spec, format!("{}: {}{key}", used.by, used.reference.place));
        }
    }
}

fn with_keys(uses: &[Use]) -> String {
    let keys: BTreeSet<&Str> = uses.iter().filter_map(|u| u.reference.key.as_ref()).collect();
    match keys.len() {
        0 => String::new(),
        1 => format!(" with the key {}", words::join_some(keys, 1)),
        _ => format!(" with the keys {}", words::join_some(keys, 8)),
    }
}

/// Labels by which other programs find ConfigMaps without any pod naming them.
const LOADED_BY_LABEL: &[&str] =
    &["grafana_dashboard", "grafana_datasource", "prometheus_rule", "fluentd_config"];

/// True for ConfigMaps that somebody wrote for a pod to read: not the cluster's own, not a controller's,
/// not a lock, not one that its owner has marked.
pub(crate) fn is_plain(map: &view::ConfigMap) -> bool {
    let meta = &map.metadata;
    let marked = |pairs: &view::Map, key: &str| pairs.get(key).is_some_and(|value| *value == "true");
    !PROVIDED.contains(&meta.name.as_str())
        && !meta.namespace.starts_with("kube-")
        && meta.owner_references.is_empty()
        && meta.annotations.get("control-plane.alpha.kubernetes.io/leader").is_none()
        && meta.labels.get("owner").is_none_or(|owner| *owner != "helm")
        && !LOADED_BY_LABEL.iter().any(|label| meta.labels.get(label).is_some())
        && !marked(&meta.labels, "k8sgpt.ai/dynamically-loaded")
        && !marked(&meta.annotations, "k8sgpt.ai/skip-usage-check")
}

/// ConfigMaps that a cluster puts into every namespace.
const PROVIDED: &[&str] = &["kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert"];
