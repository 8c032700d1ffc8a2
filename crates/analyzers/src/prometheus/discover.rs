//! Which containers are Prometheus servers, and from which object each reads its configuration.

use super::tree::{Parsed, parse};
use crate::words;
use std::collections::BTreeMap;
use view::{Container, KeySizes, Kind, ObjectRef, Pod, Str, View, Volume, VolumeConfigMap, VolumeMount};

/// A container that runs a Prometheus server.
#[derive(Clone, Copy)]
pub(crate) struct Server<'a> {
    pub pod: &'a Pod,
    pub container: &'a Container,
}

/// A configuration with all servers that read it.
pub(crate) struct Config<'a> {
    /// The ConfigMap or Secret.
    pub object: ObjectRef,
    /// The key in it.
    pub key: Str,
    /// Where the servers look for it.
    pub path: String,
    pub servers: Vec<Server<'a>>,
    /// A reloader puts variables in before the servers read it.
    pub expands: bool,
    pub content: Content,
}

/// What is known of a configuration.
pub(crate) enum Content {
    /// The object has no such key; these it has.
    NoKey(Vec<Str>),
    Text(Box<Parsed>),
    Unknown,
}

/// Where a path of a container leads.
struct File {
    kind: Kind,
    name: Str,
    key: Str,
    /// Another rule speaks when the key is missing, or nobody need.
    spoken_for: bool,
}

/// Every configuration that a running pod's Prometheus server reads, once for all its pods.
pub(crate) fn configs(view: &View) -> Vec<Config<'_>> {
    let mut all: BTreeMap<(ObjectRef, Str), Config<'_>> = BTreeMap::new();
    for pod in view.pods.iter().filter(|pod| pod.should_run()) {
        for container in pod.spec.containers.iter().filter(|container| is_server(pod, container)) {
            if let Some(found) = of_server(view, Server { pod, container }) {
                let key = (found.object.clone(), found.key.clone());
                match all.get_mut(&key) {
                    Some(known) => known.servers.extend(found.servers),
                    None => drop(all.insert(key, found)),
                }
            }
        }
    }
    let mut all: Vec<_> = all.into_values().collect();
    all.iter_mut().for_each(|config| read(view, config));
    all
}

/// The configuration of one container, when it is a Prometheus server.
pub(crate) fn files<'a>(view: &'a View, pod: &'a Pod, container: &str) -> Option<Config<'a>> {
    let container = pod.spec.containers.iter().find(|c| c.name == container)?;
    let mut config = is_server(pod, container).then(|| of_server(view, Server { pod, container }))??;
    read(view, &mut config);
    Some(config)
}

fn of_server<'a>(view: &View, server: Server<'a>) -> Option<Config<'a>> {
    let Server { pod, container } = server;
    let path = config_path(container)?;
    let (file, expands) = match file_at(view, pod, container, &path) {
        Some(file) => (file, false),
        None => (generated(view, pod, &path)?, true),
    };
    let object = ObjectRef::new(file.kind.name(), pod.metadata.namespace.clone(), file.name);
    let content = if file.spoken_for { Content::Unknown } else { Content::NoKey(Vec::new()) };
    Some(Config { object, key: file.key, path, servers: vec![server], expands, content })
}

/// Fills in what is known of the text.
fn read(view: &View, config: &mut Config<'_>) {
    let (namespace, name) = (&config.object.namespace, &config.object.name);
    let data: Vec<&KeySizes> = match config.object.kind.as_str() {
        "Secret" => view.secrets.get(namespace, name).map(|s| vec![&s.data]).unwrap_or_default(),
        _ => {
            let map = view.config_maps.get(namespace, name);
            map.map(|m| vec![&m.data, &m.binary_data]).unwrap_or_default()
        }
    };
    let spoken_for = matches!(config.content, Content::Unknown);
    config.content = Content::Unknown;
    if data.iter().any(|data| data.contains(&config.key)) {
        let text = data.iter().find_map(|data| data.prometheus_config(&config.key));
        let text = text.as_ref().and_then(|text| std::str::from_utf8(text.expose_for_computation()).ok());
        // What was redacted in a recording is not what Prometheus reads.
        if let Some(text) = text.filter(|text| !text.contains("<redacted")) {
            config.content = Content::Text(Box::new(parse(text)));
        }
    } else if !data.is_empty() && !spoken_for {
        config.content = Content::NoKey(data.iter().flat_map(|data| data.keys().cloned()).collect());
    }
}

/// A Prometheus server by its image or name, or by the pod's labels where its flags say so too.
fn is_server(pod: &Pod, container: &Container) -> bool {
    const OTHERS: &[&str] = &[
        "exporter",
        "operator",
        "pushgateway",
        "reload",
        "adapter",
        "alertmanager",
        "thanos",
        "proxy",
        "agent",
    ];
    let named = matches!(container.name.as_str(), "prometheus" | "prometheus-server");
    // Of all the containers of a cluster, nearly all are told apart by this alone.
    if !named && !container.image.contains("prom") {
        return false;
    }
    let image = image_name(&container.image);
    if OTHERS.iter().any(|other| image.contains(other)) {
        return false;
    }
    let labelled = ["app", "app.kubernetes.io/name"]
        .iter()
        .any(|key| pod.metadata.labels.get(key).is_some_and(|value| *value == "prometheus"));
    image == "prometheus" || named || (labelled && image.contains("prom"))
}

/// `prometheus` of `quay.io/prometheus/prometheus:v3.5.0@sha256:…`.
fn image_name(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or_default();
    let name = image.rsplit('/').next().unwrap_or_default();
    name.split(':').next().unwrap_or_default()
}

/// The version of a server, from its image's tag: `(3, 5)`.
pub(super) fn version(server: &Server<'_>) -> Option<(u32, u32)> {
    let image = server.container.image.split('@').next()?;
    let tag = image.rsplit('/').next()?.split_once(':')?.1;
    let mut numbers = tag.strip_prefix('v').unwrap_or(tag).split(['.', '-']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// True for the project's own images: what their file system holds is known.
pub(super) fn is_official(server: &Server<'_>) -> bool {
    let image = server.container.image.split('@').next().unwrap_or_default();
    let path = image.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(image, |(path, _)| path);
    path.ends_with("prom/prometheus") || path.ends_with("prometheus/prometheus")
}

/// True when the server is told to run as an agent.
pub(super) fn is_agent(server: &Server<'_>) -> bool {
    words_of(server.container).any(|word| word == "--agent" || word == "--enable-feature=agent")
}

/// True when something else than scraping brings it data.
pub(super) fn receives(server: &Server<'_>) -> bool {
    words_of(server.container).any(|word| word.contains("receiver"))
}

fn words_of(container: &Container) -> impl Iterator<Item = &str> {
    container.command.iter().chain(&container.args).map(|word| word.as_str())
}

/// The value of a flag: `--name=value` or `--name value`; the last one counts.
fn flag<'a>(container: &'a Container, name: &str) -> Option<&'a str> {
    let words: Vec<&str> = words_of(container).collect();
    let mut found = words.iter().enumerate().filter_map(|(at, word)| {
        let rest = word.strip_prefix(name)?;
        match rest.strip_prefix('=') {
            Some(value) => Some(value),
            None if rest.is_empty() => words.get(at + 1).copied(),
            None => None,
        }
    });
    found.next_back()
}

/// Where the server looks for its configuration; nothing when that cannot be known.
fn config_path(container: &Container) -> Option<String> {
    let path = match flag(container, "--config.file") {
        Some(path) => path,
        None if container.command.is_empty() && container.args.is_empty() => "/etc/prometheus/prometheus.yml",
        None => return None,
    };
    (path.starts_with('/') && !path.contains("$(")).then(|| normal(path))
}

/// A path without empty parts and dots.
pub(super) fn normal(path: &str) -> String {
    let mut out = String::new();
    for part in path.split('/').filter(|part| !part.is_empty() && *part != ".") {
        out.push('/');
        out.push_str(part);
    }
    out
}

/// The mount under which a path lies, with the rest of the path: the one with the longest mountPath.
pub(super) fn mount_of<'a>(container: &'a Container, path: &str) -> Option<(&'a VolumeMount, String)> {
    let under = container.volume_mounts.iter().filter_map(|mount| {
        let base = normal(&mount.mount_path);
        let rest = path.strip_prefix(base.as_str())?;
        let inside = rest.is_empty() || rest.starts_with('/');
        inside.then(|| (base.len(), mount, rest.trim_start_matches('/').to_owned()))
    });
    under.max_by_key(|(length, ..)| *length).map(|(_, mount, rest)| (mount, rest))
}

fn file_at(view: &View, pod: &Pod, container: &Container, path: &str) -> Option<File> {
    let (mount, rest) = mount_of(container, path)?;
    let inside = normal(&format!("{}/{rest}", mount.sub_path));
    let volume = pod.spec.volumes.iter().find(|volume| volume.name == mount.name)?;
    let mut file = in_volume(view, &pod.metadata.namespace, volume, inside.trim_start_matches('/'))?;
    // A key that a subPath names is the business of `configmap/missing-key`.
    file.spoken_for |= !mount.sub_path.is_empty();
    Some(file)
}

fn in_volume(view: &View, namespace: &str, volume: &Volume, inside: &str) -> Option<File> {
    let secret = |source: &view::VolumeSecret| {
        let name = if source.secret_name.is_empty() { &source.name } else { &source.secret_name };
        VolumeConfigMap { name: name.clone(), items: source.items.clone(), optional: source.optional }
    };
    if let Some(source) = &volume.config_map {
        return in_source(Kind::ConfigMap, source, inside);
    }
    if let Some(source) = &volume.secret {
        return in_source(Kind::Secret, &secret(source), inside);
    }
    let sources = volume.projected.iter().flat_map(|projected| &projected.sources);
    let mut files = sources.filter_map(|source| {
        let map = source.config_map.as_ref().map(|map| (Kind::ConfigMap, map.clone()));
        let (kind, source) = map.or_else(|| source.secret.as_ref().map(|s| (Kind::Secret, secret(s))))?;
        in_source(kind, &source, inside)
    });
    // Of several sources it is the one that has the key.
    files.find(|file| {
        let (name, key) = (&file.name, &file.key);
        match file.kind {
            Kind::Secret => view.secrets.get(namespace, name).is_some_and(|s| s.data.contains(key)),
            _ => view.config_maps.get(namespace, name).is_some_and(|m| m.data.contains(key)),
        }
    })
}

fn in_source(kind: Kind, source: &VolumeConfigMap, inside: &str) -> Option<File> {
    let key = match source.items.is_empty() {
        true => Str::from(inside),
        false => source.items.iter().find(|item| normal(&item.path) == normal(inside))?.key.clone(),
    };
    let spoken_for = !source.items.is_empty() || source.optional == Some(true);
    (!source.name.is_empty() && !key.is_empty()).then(|| File {
        kind,
        name: source.name.clone(),
        key,
        spoken_for,
    })
}

/// The file from which a reloader of the pod writes this one, putting variables in.
fn generated(view: &View, pod: &Pod, path: &str) -> Option<File> {
    let writes = |container: &&Container| {
        flag(container, "--config-envsubst-file").is_some_and(|written| normal(written) == path)
    };
    let container = pod.spec.containers.iter().chain(&pod.spec.init_containers).find(writes)?;
    let source = normal(flag(container, "--config-file")?);
    file_at(view, pod, container, &source)
}

impl Config<'_> {
    /// The configuration as a tree, when it is known.
    pub fn tree(&self) -> Option<&super::Node> {
        match &self.content {
            Content::Text(parsed) => match &**parsed {
                Parsed::Tree(node) => Some(node),
                _ => None,
            },
            _ => None,
        }
    }

    /// The pods that read it, in words.
    pub fn readers(&self) -> String {
        let mut pods: Vec<String> = self
            .servers
            .iter()
            .map(|s| format!("Pod {}/{}", s.pod.metadata.namespace, s.pod.metadata.name))
            .collect();
        pods.dedup();
        words::join_some(pods, 3)
    }
}
