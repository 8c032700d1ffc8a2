//! What a pod spec refers to: the one walker over containers, volumes, environment and pull secrets.

use crate::{Container, Kind, PodSpec, Str, Volume, VolumeConfigMap, VolumeSecret};
use std::fmt;

/// A reference from a pod spec to another object of the same namespace (or a cluster-scoped one).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// Kind of what is referred to: ConfigMap, Secret, PersistentVolumeClaim or ServiceAccount.
    pub kind: Kind,
    /// Its name.
    pub name: Str,
    /// The key that must be in it, for ConfigMaps and Secrets.
    pub key: Option<Str>,
    /// The pod starts without it.
    pub optional: bool,
    /// A pull secret: its absence does not stop a pod whose images are public.
    pub pull_secret: bool,
    /// Where the spec says so.
    pub place: Place,
}

/// A place in a spec that names another object: `container web env DB_HOST`, `volume config`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Place {
    /// A volume.
    Volume(Str),
    /// A variable of a container.
    Env {
        /// The container.
        container: Str,
        /// The variable.
        variable: Str,
    },
    /// All variables of a container.
    EnvFrom(Str),
    /// One file of a volume in a container.
    SubPath {
        /// The container.
        container: Str,
        /// Where it is mounted.
        mount_path: Str,
    },
    /// The pull secrets of the pod.
    PullSecrets,
    /// The service account of the pod.
    ServiceAccount,
    /// The certificates of an Ingress for these hosts.
    Certificate(String),
    /// A listener of a Gateway.
    Listener(Str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Volume(name) => write!(f, "volume {name}"),
            Place::Env { container, variable } => write!(f, "container {container} env {variable}"),
            Place::EnvFrom(container) => write!(f, "container {container} envFrom"),
            Place::SubPath { container, mount_path } => {
                write!(f, "container {container} subPath of {mount_path}")
            }
            Place::PullSecrets => f.write_str("imagePullSecrets"),
            Place::ServiceAccount => f.write_str("serviceAccountName"),
            Place::Listener(name) => write!(f, "listener {name}"),
            Place::Certificate(hosts) => write!(f, "spec.tls of {hosts}"),
        }
    }
}

/// Every reference of a pod spec: volumes (plain, projected, CSI), environment of init, regular and
/// ephemeral containers, pull secrets, service account. `pod_name` names the claims of ephemeral volumes.
pub fn references(spec: &PodSpec, pod_name: &str) -> Vec<Reference> {
    let mut all = Vec::new();
    for volume in &spec.volumes {
        of_volume(volume, pod_name, &mut all);
    }
    for container in spec.all_containers() {
        of_container(container, &mut all);
        of_sub_paths(container, spec, &mut all);
    }
    for secret in &spec.image_pull_secrets {
        let mut reference = plain(Kind::Secret, &secret.name, Place::PullSecrets);
        reference.pull_secret = true;
        all.push(reference);
    }
    if !spec.service_account_name.is_empty() {
        all.push(plain(Kind::ServiceAccount, &spec.service_account_name, Place::ServiceAccount));
    }
    all.retain(|reference| !reference.name.is_empty());
    all
}

fn plain(kind: Kind, name: &Str, place: Place) -> Reference {
    Reference { kind, name: name.clone(), key: None, optional: false, pull_secret: false, place }
}

fn of_volume(volume: &Volume, pod_name: &str, all: &mut Vec<Reference>) {
    let place = Place::Volume(volume.name.clone());
    if let Some(source) = &volume.config_map {
        of_config_map(source, &place, all);
    }
    if let Some(source) = &volume.secret {
        of_secret(source, &place, all);
    }
    for source in volume.projected.iter().flat_map(|p| &p.sources) {
        if let Some(source) = &source.config_map {
            of_config_map(source, &place, all);
        }
        if let Some(source) = &source.secret {
            of_secret(source, &place, all);
        }
    }
    if let Some(claim) = &volume.persistent_volume_claim {
        all.push(plain(Kind::PersistentVolumeClaim, &claim.claim_name, place.clone()));
    }
    if volume.ephemeral.is_some() && !pod_name.is_empty() {
        let claim = Str::from(format!("{pod_name}-{}", volume.name));
        all.push(plain(Kind::PersistentVolumeClaim, &claim, place.clone()));
    }
    if let Some(secret) = volume.csi.as_ref().and_then(|csi| csi.node_publish_secret_ref.as_ref()) {
        all.push(plain(Kind::Secret, &secret.name, place));
    }
}

fn of_config_map(source: &VolumeConfigMap, place: &Place, all: &mut Vec<Reference>) {
    let keys = source.items.iter().map(|item| item.key.clone());
    with_keys(Kind::ConfigMap, &source.name, keys, source.optional, place, all);
}

fn of_secret(source: &VolumeSecret, place: &Place, all: &mut Vec<Reference>) {
    let name = if source.secret_name.is_empty() { &source.name } else { &source.secret_name };
    let keys = source.items.iter().map(|item| item.key.clone());
    with_keys(Kind::Secret, name, keys, source.optional, place, all);
}

fn with_keys(
    kind: Kind,
    name: &Str,
    keys: impl Iterator<Item = Str>,
    optional: Option<bool>,
    place: &Place,
    all: &mut Vec<Reference>,
) {
    let whole = Reference { optional: optional == Some(true), ..plain(kind, name, place.clone()) };
    let before = all.len();
    all.extend(keys.map(|key| Reference { key: Some(key), ..whole.clone() }));
    if all.len() == before {
        all.push(whole);
    }
}

/// A `subPath` into a ConfigMap or Secret names one of its keys: where the key is missing, the kubelet
/// mounts an empty directory in place of the file. Volumes with `items` have paths of their own.
fn of_sub_paths(container: &Container, spec: &PodSpec, all: &mut Vec<Reference>) {
    for mount in container.volume_mounts.iter().filter(|mount| !mount.sub_path.is_empty()) {
        let Some(volume) = spec.volumes.iter().find(|volume| volume.name == mount.name) else { continue };
        let map = volume.config_map.as_ref().filter(|source| source.items.is_empty());
        let map = map.map(|source| (Kind::ConfigMap, &source.name, source.optional));
        let secret = volume.secret.as_ref().filter(|source| source.items.is_empty());
        let secret = secret.map(|source| (Kind::Secret, &source.secret_name, source.optional));
        if let Some((kind, name, optional)) = map.or(secret) {
            let place =
                Place::SubPath { container: container.name.clone(), mount_path: mount.mount_path.clone() };
            let key = mount.sub_path.trim_start_matches("./").split('/').next().unwrap_or_default();
            let (key, optional) = (Some(Str::from(key)), optional == Some(true));
            all.push(Reference { key, optional, ..plain(kind, name, place) });
        }
    }
}

fn of_container(container: &Container, all: &mut Vec<Reference>) {
    for source in &container.env_from {
        let place = || Place::EnvFrom(container.name.clone());
        let refs = [(Kind::ConfigMap, &source.config_map_ref), (Kind::Secret, &source.secret_ref)];
        for (kind, reference) in refs.into_iter().filter_map(|(kind, r)| r.as_ref().map(|r| (kind, r))) {
            let optional = reference.optional == Some(true);
            all.push(Reference { optional, ..plain(kind, &reference.name, place()) });
        }
    }
    for variable in &container.env {
        let Some(source) = &variable.value_from else { continue };
        let refs = [(Kind::ConfigMap, &source.config_map_key_ref), (Kind::Secret, &source.secret_key_ref)];
        for (kind, reference) in refs.into_iter().filter_map(|(kind, r)| r.as_ref().map(|r| (kind, r))) {
            let place = Place::Env { container: container.name.clone(), variable: variable.name.clone() };
            let key = Some(reference.key.clone());
            let optional = reference.optional == Some(true);
            all.push(Reference { key, optional, ..plain(kind, &reference.name, place) });
        }
    }
}
