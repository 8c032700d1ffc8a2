//! Network policies in words: what they let pass, and how a pod differs from that.

use crate::netpol::{Blocked, Direction, admits_peer, admits_port, is_for_names, namespace_label, rules};
use crate::words;
use view::{
    LabelSelector, Lookup, Map, Namespace, NetworkPolicy, NetworkPolicyRule, Object, Pod, PolicyPeer,
    PolicyPort,
};
use view::{PortRef, View};

/// What a policy lets pass in a direction: `pods with app=web of prod on port 5432`; empty when nothing.
pub(crate) fn admitted(policy: &NetworkPolicy, direction: Direction) -> String {
    let namespace = &policy.metadata.namespace;
    words::join_some(rules(policy, direction).iter().map(|rule| rule_words(rule, namespace)), 3)
}

/// The pods that a policy selects.
pub(crate) fn selected(policy: &NetworkPolicy) -> String {
    match policy.spec.pod_selector.is_empty() {
        true => format!("any pod of {}", policy.metadata.namespace),
        false => format!("pods with {}", policy.spec.pod_selector),
    }
}

fn rule_words(rule: &NetworkPolicyRule, namespace: &str) -> String {
    let peers = words::join_some(rule.peers().iter().map(|peer| peer_words(peer, namespace)), 3);
    let peers = if peers.is_empty() { "anybody".to_owned() } else { peers };
    match rule.ports.len() {
        0 => peers,
        1 => format!("{peers} on port {}", port_words(&rule.ports[0])),
        _ => format!("{peers} on ports {}", words::join_some(rule.ports.iter().map(port_words), 4)),
    }
}

fn peer_words(peer: &PolicyPeer, namespace: &str) -> String {
    if let Some(block) = &peer.ip_block {
        return format!("addresses in {}", block.cidr);
    }
    let pods = match &peer.pod_selector {
        Some(selector) if !selector.is_empty() => format!("pods with {selector}"),
        _ => "all pods".to_owned(),
    };
    match &peer.namespace_selector {
        None => format!("{pods} of {namespace}"),
        Some(selector) if selector.is_empty() => format!("{pods} of any namespace"),
        Some(selector) => format!("{pods} of namespaces with {selector}"),
    }
}

fn port_words(port: &PolicyPort) -> String {
    let number = match (&port.port, port.end_port) {
        (None, _) => "any".to_owned(),
        (Some(first), Some(last)) => format!("{first}-{last}"),
        (Some(PortRef::Number(number)), None) => number.to_string(),
        (Some(PortRef::Name(name)), None) => name.to_string(),
    };
    match port.protocol.as_str() {
        "" | "TCP" => number,
        protocol => format!("{number}/{protocol}"),
    }
}

/// What the other side of a blocked connection has in place of what the nearest policy asks for.
pub(crate) fn difference(view: &View, blocked: &Blocked<'_>) -> String {
    let (policy, direction, connection) =
        (blocked.policies[0].as_ref(), blocked.direction, &blocked.connection);
    let namespace = &policy.metadata.namespace;
    // Rules that let names be resolved were not written for this connection.
    let rules: Vec<&NetworkPolicyRule> =
        rules(policy, direction).iter().filter(|rule| !is_for_names(rule)).collect();
    let other = connection.other(direction);
    if rules.iter().any(|rule| admits_peer(view, rule, namespace, other)) {
        let service = blocked.service.metadata.name.as_str();
        return format!("Service {service} is reached at port {} of its pods", connection.port);
    }
    let nearest = rules.iter().find(|rule| admits_port(rule, connection)).or_else(|| rules.first());
    let peers = nearest.into_iter().flat_map(|rule| rule.peers());
    let mut told: Vec<String> = Vec::new();
    for part in peers.flat_map(|peer| lacks(view, peer, namespace, other)) {
        if !told.contains(&part) {
            told.push(part);
        }
    }
    match told.is_empty() {
        true => format!("port {} of Pod {} is not in it", connection.port, connection.server.metadata.name),
        false => words::join_some(told, 3),
    }
}

fn lacks(view: &View, peer: &PolicyPeer, namespace: &str, pod: &Pod) -> Vec<String> {
    let own = &pod.metadata.namespace;
    if peer.ip_block.is_some() {
        return vec![format!("Pod {} has the address {}", pod.metadata.name, pod.status.pod_ip)];
    }
    let mut all = Vec::new();
    match (&peer.namespace_selector, view.lookup::<Namespace>("", own)) {
        (None, _) if own != namespace => all.push(format!("Pod {} is in {own}", pod.metadata.name)),
        (Some(selector), Lookup::Found(found)) if !selector.selects(|key| namespace_label(found, key)) => {
            let carried = carried(selector, |key| namespace_label(found, key));
            all.push(format!("namespace {own} carries {carried}"));
        }
        _ => {}
    }
    if let Some(selector) = peer.pod_selector.as_ref().filter(|s| !s.matches(&pod.metadata.labels)) {
        let label = |key: &str| pod.metadata.labels.get(key).map(|value| value.as_str());
        all.push(format!("Pod {} carries {}", pod.metadata.name, carried(selector, label)));
    }
    all
}

/// What stands under the keys of a selector: `app=web`, `no label tier`.
pub(crate) fn carried<'a>(selector: &LabelSelector, label: impl Fn(&str) -> Option<&'a str>) -> String {
    let expressions = selector.match_expressions.iter().map(|requirement| &requirement.key);
    let keys = selector.match_labels.iter().map(|(key, _)| key).chain(expressions);
    let pairs = keys.map(|key| match label(key) {
        Some(value) => format!("{key}={value}"),
        None => format!("no label {key}"),
    });
    words::join_some(pairs, 3)
}

/// Labels that controllers write and that differ from rollout to rollout.
const CHANGING: &[&str] = &[
    "pod-template-hash",
    "controller-revision-hash",
    "pod-template-generation",
    "statefulset.kubernetes.io/pod-name",
    "apps.kubernetes.io/pod-index",
];

/// The labels by which a rule would name a pod: `app=web`.
pub(crate) fn telling(labels: &Map) -> String {
    let lasting = labels.iter().filter(|(key, _)| !CHANGING.contains(&key.as_str()));
    lasting.take(2).map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

/// What a policy does to whom, and why: `shuts Deployment web out of Service db: it admits …`.
pub(crate) fn sentence(view: &View, blocked: &Blocked<'_>, owners: &str, services: &str) -> String {
    let policy = blocked.policies[0].as_ref();
    let (admitted, selected) = (admitted(policy, blocked.direction), selected(policy));
    match (blocked.direction, admitted.is_empty()) {
        (Direction::Ingress, true) => format!(
            "shuts {owners} out of {services}: it admits nobody to {selected}, and no other policy does"
        ),
        (Direction::Egress, true) => format!(
            "keeps {owners} from {services}: it lets {selected} reach nothing, and no other policy does"
        ),
        (Direction::Ingress, false) => {
            format!("shuts {owners} out of {services}: it admits {admitted}; {}", difference(view, blocked))
        }
        (Direction::Egress, false) => format!(
            "keeps {owners} from {services}: it lets {selected} reach {admitted}; {}",
            difference(view, blocked)
        ),
    }
}

/// The rule, or the policy, that lets the connection pass.
pub(crate) fn remedy(blocked: &Blocked<'_>) -> String {
    let (connection, policy) = (&blocked.connection, blocked.policies[0]);
    let other = connection.other(blocked.direction);
    let (labels, port) = (telling(&other.metadata.labels), connection.port);
    let across = other.metadata.namespace != policy.metadata.namespace;
    let place = if across { format!(" of namespace {}", other.metadata.namespace) } else { String::new() };
    let (direction, word) = match blocked.direction {
        Direction::Ingress => ("ingress", "from"),
        Direction::Egress => ("egress", "to"),
    };
    let rule = format!("lets {direction} {word} pods with {labels}{place} pass on port {port}");
    match rules(policy, blocked.direction).is_empty() {
        true => {
            let side = if direction == "ingress" { connection.server } else { connection.client };
            let side_labels = telling(&side.metadata.labels);
            format!(
                "add a NetworkPolicy in {} for pods with {side_labels} that {rule}",
                policy.metadata.namespace
            )
        }
        false => format!("add a rule to NetworkPolicy {} that {rule}", policy.reference().path()),
    }
}
