//! Which Services a pod's containers are told to call.

use crate::Finding;
use std::sync::Arc;
use view::{Address, Container, Object, ObjectRef, Pod, Service, View};

/// A Service that a container is told to call.
pub(crate) struct Call<'a> {
    pub service: &'a Arc<Service>,
    /// The port, when the text tells it.
    pub port: Option<i32>,
    /// Where it stands: `container web env DB_HOST names db:5432`.
    pub place: String,
}

/// Services that the pod's environment, commands and arguments give as addresses.
pub(crate) fn calls<'a>(view: &'a View, pod: &Pod) -> Vec<Call<'a>> {
    let mut all = Vec::new();
    let containers = pod.spec.init_containers.iter().chain(&pod.spec.containers);
    for container in containers {
        for variable in container.env.iter().filter(|variable| !variable.addresses.is_empty()) {
            let place = format!("container {} env {}", container.name, variable.name);
            add(view, pod, &variable.addresses, &place, &mut all);
        }
        let place = format!("container {} command", container.name);
        add(view, pod, &Address::in_text(&command(container), ""), &place, &mut all);
    }
    all
}

fn add<'a>(view: &'a View, pod: &Pod, addresses: &[Address], place: &str, all: &mut Vec<Call<'a>>) {
    for Address { host, port } in addresses {
        let Some(service) = service_at(view, host, &pod.metadata.namespace) else { continue };
        let known = |call: &Call<'_>| call.service.reference() == service.reference() && call.port == *port;
        if !all.iter().any(known) {
            let port_words = port.map(|port| format!(":{port}")).unwrap_or_default();
            all.push(Call { service, port: *port, place: format!("{place} names {host}{port_words}") });
        }
    }
}

/// Names the Services that a pod calls as suspects of its fault: its log tells whether one did not answer. The
/// Services that lead to the pod itself are none.
pub(crate) fn suspect(view: &View, pod: &Pod, finding: &mut Finding) {
    let own = |call: &Call<'_>| {
        let selector = &call.service.spec.selector;
        !selector.is_empty() && selector.is_subset_of(&pod.metadata.labels)
    };
    for call in calls(view, pod).into_iter().filter(|call| !own(call)) {
        finding.suspect(call.service.metadata.name.as_str(), call.service.reference());
    }
}

/// Services whose names stand anywhere in the container's command.
pub(crate) fn services_in_command(view: &View, container: &Container, namespace: &str) -> Vec<ObjectRef> {
    let text = command(container);
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    let hosts = text.split(|c: char| !is_name(c)).filter(|word| !word.is_empty());
    hosts.filter_map(|host| service_at(view, host, namespace)).map(|service| service.reference()).collect()
}

fn command(container: &Container) -> String {
    let words = container.command.iter().chain(&container.args);
    words.map(|word| word.as_str()).collect::<Vec<_>>().join(" ")
}

/// The Service that a DNS name means to a pod of this namespace: `db`, `db.prod`, `db.prod.svc…`, or the
/// name of one pod behind it, `db-0.db…`.
pub(crate) fn service_at<'a>(view: &'a View, host: &str, namespace: &str) -> Option<&'a Arc<Service>> {
    let parts: Vec<&str> = host.split('.').collect();
    match parts.as_slice() {
        [name] => view.services.get(namespace, name),
        [a, b] => view.services.get(b, a).or_else(|| view.services.get(namespace, b)),
        [name, within, "svc", ..] | [_, name, within] | [_, name, within, "svc", ..] => {
            view.services.get(within, name)
        }
        _ => None,
    }
}
