//! The objects around a cause, in a few facts each.

use super::Neighbour;
use crate::plain;
use analyzers::Cause;
use view::{Condition, Container, Kind, Object, ObjectRef, Pod, PodSpec, Service, View};

/// Most objects.
const OBJECTS_MAX: usize = 8;
/// Most facts of one object.
const FACTS_MAX: usize = 10;
/// Longest fact (characters).
const FACT_MAX: usize = 300;
/// Most warnings of one object.
const EVENTS_MAX: usize = 3;
/// Objects of the chain that are looked at.
const CHAIN_MAX: usize = 4;

/// The objects around a cause: the one at fault, its owners, what explains and what it explains, its node and
/// services. Bounded in number and length.
pub fn neighbours(view: &View, cause: &Cause) -> Vec<Neighbour> {
    let root = &cause.root.object;
    let mut near = vec![root.clone()];
    if let Some(meta) = view.metadata_of(root) {
        near.extend(view.owners_of(meta));
    }
    near.extend(cause.root.because.iter().take(CHAIN_MAX).cloned());
    near.extend(cause.chain.iter().take(CHAIN_MAX).map(|link| link.object.clone()));
    let pods: Vec<&Pod> = near.iter().filter_map(|object| pod(view, object)).take(CHAIN_MAX).collect();
    let nodes: Vec<ObjectRef> =
        pods.iter().map(|pod| ObjectRef::new("Node", "", pod.spec.node_name.clone())).collect();
    let services: Vec<ObjectRef> = pods.iter().flat_map(|pod| services(view, pod)).take(2).collect();
    near.extend(services);
    near.extend(nodes);
    let mut told: Vec<Neighbour> = Vec::new();
    let mut seen: Vec<ObjectRef> = Vec::new();
    for object in near {
        if told.len() >= OBJECTS_MAX {
            break;
        }
        if object.name.is_empty() || seen.contains(&object) {
            continue;
        }
        let facts = facts(view, &object);
        if !facts.is_empty() {
            told.push(Neighbour { object: object.to_string(), facts });
        }
        seen.push(object);
    }
    told
}

fn pod<'v>(view: &'v View, object: &ObjectRef) -> Option<&'v Pod> {
    let pod = view.pods.get(&object.namespace, &object.name).filter(|_| object.kind == "Pod")?;
    Some(pod)
}

fn services(view: &View, pod: &Pod) -> Vec<ObjectRef> {
    let selects = |service: &&std::sync::Arc<Service>| {
        let selector = &service.spec.selector;
        !selector.is_empty() && selector.is_subset_of(&pod.metadata.labels)
    };
    let here = view.services.in_namespace(&pod.metadata.namespace).iter();
    here.filter(selects).map(|service| service.reference()).collect()
}

fn facts(view: &View, object: &ObjectRef) -> Vec<String> {
    let mut facts = of_kind(view, object);
    let told: Vec<String> = view
        .events_about(object)
        .filter(|event| event.is_warning())
        .take(EVENTS_MAX)
        .map(|event| format!("event {} ({} times): {}", event.reason, event.times(), event.message))
        .collect();
    facts.truncate(FACTS_MAX.saturating_sub(told.len()));
    facts.extend(told);
    facts
        .iter()
        .map(|fact| plain::line(&crate::scrubbed(fact), FACT_MAX))
        .filter(|fact| !fact.is_empty())
        .collect()
}

fn of_kind(view: &View, object: &ObjectRef) -> Vec<String> {
    let ObjectRef { kind, namespace, name } = object;
    let mut out = Vec::new();
    match Kind::parse(kind) {
        Some(Kind::Pod) => view.pods.get(namespace, name).into_iter().for_each(|pod| of_pod(pod, &mut out)),
        Some(Kind::Service) => {
            view.services
                .get(namespace, name)
                .into_iter()
                .for_each(|service| of_service(view, service, &mut out));
        }
        Some(Kind::Node) => {
            if let Some(node) = view.nodes.get("", name) {
                of_conditions(&node.status.conditions, &mut out);
                out.extend(node.spec.unschedulable.then(|| "unschedulable".to_owned()));
                let taints =
                    node.spec.taints.iter().map(|t| format!("taint {}={}:{}", t.key, t.value, t.effect));
                out.extend(taints);
                let allocatable = node.status.allocatable.to_selector();
                out.extend((!allocatable.is_empty()).then(|| format!("allocatable {allocatable}")));
            }
        }
        Some(Kind::PersistentVolumeClaim) => {
            if let Some(claim) = view.persistent_volume_claims.get(namespace, name) {
                let class = claim.class().map_or("the default", |class| class.as_str());
                out.push(format!("phase {}, class {class}", claim.status.phase));
                out.push(format!("requests {}", claim.spec.resources.requests.to_selector()));
            }
        }
        Some(Kind::Ingress) => {
            if let Some(ingress) = view.ingresses.get(namespace, name) {
                let to = ingress.backends().map(|(host, path, s)| {
                    format!("{host}{path} goes to service {}:{}{}", s.name, s.port.number, s.port.name)
                });
                out.extend(to.take(FACTS_MAX));
            }
        }
        _ => of_workload(view, object, &mut out),
    }
    out
}

fn of_pod(pod: &Pod, out: &mut Vec<String>) {
    let status = &pod.status;
    out.push(format!("phase {} {} {}", status.phase, status.reason, status.message));
    for container in pod.container_statuses() {
        let mut fact = format!("container {}: {} restarts", container.name, container.restart_count);
        if let Some(waiting) = &container.state.waiting {
            fact += &format!(", waiting: {} {}", waiting.reason, waiting.message);
        }
        if let Some(ended) = container.last_state.terminated.as_ref().or(container.state.terminated.as_ref())
        {
            fact += &format!(", last exit code {} {} {}", ended.exit_code, ended.reason, ended.message);
        }
        out.push(fact);
    }
    of_spec(&pod.spec, out);
    of_conditions(&status.conditions, out);
}

fn of_spec(spec: &PodSpec, out: &mut Vec<String>) {
    out.extend(spec.containers.iter().map(of_container));
    if !spec.node_selector.is_empty() {
        out.push(format!("node selector {}", spec.node_selector.to_selector()));
    }
}

fn of_container(container: &Container) -> String {
    let mut fact = format!("container {}: image {}", container.name, container.image);
    let resources = [("requests", &container.resources.requests), ("limits", &container.resources.limits)];
    for (word, map) in resources.into_iter().filter(|(_, map)| !map.is_empty()) {
        fact += &format!(", {word} {}", map.to_selector());
    }
    let probes = [
        ("liveness", &container.liveness_probe),
        ("readiness", &container.readiness_probe),
        ("startup", &container.startup_probe),
    ];
    for (word, probe) in probes {
        if let Some(probe) = probe {
            fact += &format!(", {word} probe: {}", probe.describe());
        }
    }
    let ports: Vec<String> = container.ports.iter().map(|port| port.container_port.to_string()).collect();
    if ports.is_empty() { fact } else { format!("{fact}, ports {}", ports.join(",")) }
}

fn of_service(view: &View, service: &Service, out: &mut Vec<String>) {
    let selector = service.spec.selector.to_selector();
    out.push(format!("selector {}", if selector.is_empty() { "none" } else { &selector }));
    let ports = service.spec.ports.iter().map(|port| match &port.target_port {
        Some(target) => format!("port {} to {target}", port.port),
        None => format!("port {}", port.port),
    });
    out.extend(ports.take(4));
    let slices = view.endpoint_slices.in_namespace(&service.metadata.namespace).iter();
    let own = slices.filter(|slice| slice.service_name() == Some(&service.metadata.name));
    let ready: Vec<bool> = own.flat_map(|slice| &slice.endpoints).map(view::Endpoint::is_ready).collect();
    let count = ready.iter().filter(|ready| **ready).count();
    out.push(format!("{count} of {} endpoints ready", ready.len()));
}

fn of_workload(view: &View, object: &ObjectRef, out: &mut Vec<String>) {
    let ObjectRef { kind, namespace, name } = object;
    match Kind::parse(kind) {
        Some(Kind::Deployment) => {
            if let Some(o) = view.deployments.get(namespace, name) {
                out.push(ready(o.spec.replicas, o.status.ready_replicas));
                of_conditions(&o.status.conditions, out);
                of_spec(&o.spec.template.spec, out);
            }
        }
        Some(Kind::StatefulSet) => {
            if let Some(o) = view.stateful_sets.get(namespace, name) {
                out.push(ready(o.spec.replicas, o.status.ready_replicas));
                of_spec(&o.spec.template.spec, out);
            }
        }
        Some(Kind::DaemonSet) => {
            if let Some(o) = view.daemon_sets.get(namespace, name) {
                out.push(ready(Some(o.status.desired_number_scheduled), o.status.number_ready));
                of_spec(&o.spec.template.spec, out);
            }
        }
        Some(Kind::Job) => {
            if let Some(o) = view.jobs.get(namespace, name) {
                out.push(format!("{} succeeded, {} failed", o.status.succeeded, o.status.failed));
                of_conditions(&o.status.conditions, out);
                of_spec(&o.spec.template.spec, out);
            }
        }
        _ => {
            if let Some(o) = view.custom(object) {
                out.push(format!("phase {} {} {}", o.status.phase, o.status.reason, o.status.message));
                of_conditions(&o.status.conditions, out);
            }
        }
    }
}

fn ready(wanted: Option<i64>, ready: i64) -> String {
    format!("{ready} of {} replicas ready", wanted.unwrap_or(1))
}

/// Conditions that tell of a fault, or of readiness.
fn of_conditions(conditions: &[Condition], out: &mut Vec<String>) {
    out.extend(
        conditions.iter().map(|c| format!("condition {}={} {} {}", c.kind, c.status, c.reason, c.message)),
    );
}
