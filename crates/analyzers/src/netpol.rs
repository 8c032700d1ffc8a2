//! What network policies let pass. Where something is not known, they are taken to let it pass.

use crate::callers::{Call, calls};
use crate::endpoints::{matching, workloads};
use crate::labels;
use std::net::IpAddr;
use std::sync::Arc;
use view::{IpBlock, Lookup, Map, Namespace, NetworkPolicy, Object, ObjectRef, Pod, PolicyPeer, PolicyPort};
use view::{NetworkPolicyRule, PortRef, Service, ServicePort, Str, View};

/// Which side of a connection a policy speaks of.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Direction {
    Ingress,
    Egress,
}

/// A connection that a pod is told to make: to this port of that pod behind a Service.
#[derive(Clone, Copy)]
pub(crate) struct Connection<'a> {
    pub client: &'a Pod,
    pub server: &'a Pod,
    pub port: i32,
    pub protocol: &'a str,
}

/// A connection that no policy lets pass although some select its side.
pub(crate) struct Blocked<'a> {
    pub direction: Direction,
    /// The policies that select the side, the one nearest to letting it pass first.
    pub policies: Vec<&'a Arc<NetworkPolicy>>,
    pub connection: Connection<'a>,
    pub service: &'a Arc<Service>,
    /// Where the client is told to call the Service.
    pub place: String,
}

/// What a client's policies or those of the servers keep it from: every way to a Service that it is told
/// to call is shut.
pub(crate) fn blocked<'a>(view: &'a View, client: &'a Pod) -> Vec<Blocked<'a>> {
    if view.network_policies.is_empty() || client.spec.host_network {
        return Vec::new();
    }
    let of_call = |call| [Direction::Ingress, Direction::Egress].map(|side| shut(view, client, &call, side));
    calls(view, client).into_iter().flat_map(of_call).flatten().collect()
}

/// The policies that explain why a pod does not get on: they keep it from what it is told to call.
pub(crate) fn explaining(view: &View, pod: &Pod) -> Vec<ObjectRef> {
    let calls = blocked(view, pod);
    let mut named: Vec<ObjectRef> = calls.iter().map(|b| b.policies[0].reference()).collect();
    named.extend(without_names(view, pod).map(|policies| policies[0].reference()));
    named
}

fn shut<'a>(view: &'a View, client: &'a Pod, call: &Call<'a>, direction: Direction) -> Option<Blocked<'a>> {
    let connections = connections(view, client, call);
    let first = *connections.first()?;
    let is_shut = |connection: &Connection<'a>| {
        let policies = isolating(view, connection.side(direction), direction);
        let passes = |policy: &&Arc<NetworkPolicy>| admits(view, policy, direction, connection);
        !policies.is_empty() && !policies.iter().any(passes)
    };
    if !connections.iter().all(is_shut) {
        return None;
    }
    let mut policies = isolating(view, first.side(direction), direction);
    policies.sort_by_key(|policy| std::cmp::Reverse(nearness(view, policy, direction, &first)));
    let place = call.place.clone();
    Some(Blocked { direction, policies, connection: first, service: call.service, place })
}

/// Every connection that would serve the call; none when that cannot be told.
fn connections<'a>(view: &'a View, client: &'a Pod, call: &Call<'a>) -> Vec<Connection<'a>> {
    let (service, namespace) = (&call.service.spec, &call.service.metadata.namespace);
    if service.kind == "ExternalName" || service.selector.is_empty() {
        return Vec::new();
    }
    let servers = matching(view, namespace, &service.selector);
    let owner = |pod: &Pod| view.top_owner(&pod.reference(), &pod.metadata);
    let own = owner(client);
    if servers.iter().any(|pod| pod.spec.host_network || owner(pod) == own) {
        return Vec::new();
    }
    let ports: Vec<&ServicePort> =
        service.ports.iter().filter(|p| call.port.is_none_or(|port| p.port == port)).collect();
    let direct = ports.is_empty() && service.cluster_ip == "None";
    let mut all = Vec::new();
    for &server in &servers {
        let to = |port, protocol| Connection { client, server, port, protocol };
        all.extend(
            ports.iter().filter_map(|p| target(p, server).map(|port| to(port, protocol(&p.protocol)))),
        );
        all.extend(call.port.filter(|_| direct).map(|port| to(port, "TCP")));
    }
    all
}

fn target(port: &ServicePort, server: &Pod) -> Option<i32> {
    match &port.target_port {
        None | Some(PortRef::Number(0)) => Some(port.port),
        Some(PortRef::Number(number)) => Some(*number),
        Some(PortRef::Name(name)) => declared(server, name, protocol(&port.protocol)),
    }
}

/// The number of a port that a pod declares by name.
fn declared(pod: &Pod, name: &str, wanted: &str) -> Option<i32> {
    let mut ports = pod.spec.all_containers().flat_map(|container| &container.ports);
    ports.find(|p| p.name == name && protocol(&p.protocol) == wanted).map(|p| p.container_port)
}

fn protocol(written: &str) -> &str {
    if written.is_empty() { "TCP" } else { written }
}

impl<'a> Connection<'a> {
    fn side(&self, direction: Direction) -> &'a Pod {
        match direction {
            Direction::Ingress => self.server,
            Direction::Egress => self.client,
        }
    }
    /// The pod that the rules of this direction must let pass.
    pub fn other(&self, direction: Direction) -> &'a Pod {
        match direction {
            Direction::Ingress => self.client,
            Direction::Egress => self.server,
        }
    }
}

/// The policies that limit a pod in this direction.
pub(crate) fn isolating<'a>(view: &'a View, pod: &Pod, direction: Direction) -> Vec<&'a Arc<NetworkPolicy>> {
    let all = view.network_policies.in_namespace(&pod.metadata.namespace).iter();
    let limiting =
        all.filter(|policy| policy.metadata.deletion_timestamp.is_none()).filter(|policy| match direction {
            Direction::Ingress => policy.limits_ingress(),
            Direction::Egress => policy.limits_egress(),
        });
    limiting.filter(|policy| policy.spec.pod_selector.matches(&pod.metadata.labels)).collect()
}

/// The rules of a policy in this direction.
pub(crate) fn rules(policy: &NetworkPolicy, direction: Direction) -> &[NetworkPolicyRule] {
    match direction {
        Direction::Ingress => &policy.spec.ingress,
        Direction::Egress => &policy.spec.egress,
    }
}

/// True when a rule of the policy lets the connection pass.
pub(crate) fn admits(
    view: &View,
    policy: &NetworkPolicy,
    direction: Direction,
    connection: &Connection<'_>,
) -> bool {
    let other = connection.other(direction);
    let passes = |rule: &NetworkPolicyRule| {
        admits_port(rule, connection) && admits_peer(view, rule, &policy.metadata.namespace, other)
    };
    rules(policy, direction).iter().any(passes)
}

/// How near a policy comes: it means this peer or this port, or it lets something pass at all.
fn nearness(view: &View, policy: &NetworkPolicy, direction: Direction, connection: &Connection<'_>) -> usize {
    let namespace = &policy.metadata.namespace;
    let rules: Vec<&NetworkPolicyRule> =
        rules(policy, direction).iter().filter(|rule| !is_for_names(rule)).collect();
    let peer = rules.iter().any(|rule| admits_peer(view, rule, namespace, connection.other(direction)));
    let port = rules.iter().any(|rule| admits_port(rule, connection));
    usize::from(peer) * 2 + usize::from(port) * 2 + usize::from(!rules.is_empty())
}

pub(crate) fn admits_port(rule: &NetworkPolicyRule, connection: &Connection<'_>) -> bool {
    let Connection { server, port, protocol: wanted, .. } = *connection;
    let passes = |allowed: &PolicyPort| {
        let number = match &allowed.port {
            None => return protocol(&allowed.protocol) == wanted,
            Some(PortRef::Number(number)) => Some(*number),
            Some(PortRef::Name(name)) => declared(server, name, wanted),
        };
        let within = |first: i32| (first..=allowed.end_port.unwrap_or(first)).contains(&port);
        protocol(&allowed.protocol) == wanted && number.is_some_and(within)
    };
    rule.ports.is_empty() || rule.ports.iter().any(passes)
}

pub(crate) fn admits_peer(view: &View, rule: &NetworkPolicyRule, namespace: &str, other: &Pod) -> bool {
    let peers = rule.peers();
    peers.is_empty() || peers.iter().any(|peer| is_meant(view, peer, namespace, other))
}

fn is_meant(view: &View, peer: &PolicyPeer, namespace: &str, pod: &Pod) -> bool {
    if let Some(block) = &peer.ip_block {
        return holds(block, &pod.status.pod_ip);
    }
    let there = match &peer.namespace_selector {
        None => pod.metadata.namespace == namespace,
        Some(selector) if selector.is_empty() => true,
        Some(selector) => match view.lookup::<Namespace>("", &pod.metadata.namespace) {
            Lookup::Found(found) => selector.selects(|key| namespace_label(found, key)),
            _ => true,
        },
    };
    there && peer.pod_selector.as_ref().is_none_or(|selector| selector.matches(&pod.metadata.labels))
}

/// A label of a namespace; the API server sees to it that its name is one.
pub(crate) fn namespace_label<'a>(namespace: &'a Namespace, key: &str) -> Option<&'a str> {
    let meta = &namespace.metadata;
    let name = || (key == "kubernetes.io/metadata.name").then_some(meta.name.as_str());
    meta.labels.get(key).map(|value| value.as_str()).or_else(name)
}

/// True when the block holds the address, or it cannot be told.
fn holds(block: &IpBlock, address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else { return true };
    let excepted = block.except.iter().any(|cidr| within(cidr, address) == Some(true));
    within(&block.cidr, address).unwrap_or(true) && !excepted
}

fn within(cidr: &str, address: IpAddr) -> Option<bool> {
    let (base, length) = cidr.split_once('/')?;
    let (base, length) = (base.parse::<IpAddr>().ok()?, length.parse::<u32>().ok()?);
    Some(match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let shift = 32_u32.checked_sub(length)?;
            base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            let shift = 128_u32.checked_sub(length)?;
            base.to_bits().checked_shr(shift) == address.to_bits().checked_shr(shift)
        }
        _ => false,
    })
}

/// The policies that keep a pod from asking the cluster's DNS: it is told to call Services by name, and no
/// egress rule lets port 53 pass to where names are resolved.
pub(crate) fn without_names<'a>(view: &'a View, pod: &Pod) -> Option<Vec<&'a Arc<NetworkPolicy>>> {
    let by_cluster = !matches!(pod.spec.dns_policy.as_str(), "Default" | "None");
    if view.network_policies.is_empty() || pod.spec.host_network || !by_cluster {
        return None;
    }
    let mut policies = isolating(view, pod, Direction::Egress);
    // What lets something pass was written with this pod in mind.
    policies.sort_by_key(|policy| policy.spec.egress.is_empty());
    if policies.is_empty() || calls(view, pod).is_empty() {
        return None;
    }
    // A cache on every node answers at an address that pods and policies do not show.
    if view.pods.iter().any(|pod| is_dns(pod, "node-local-dns")) {
        return None;
    }
    let servers: Vec<&Arc<Pod>> = view.pods.iter().filter(|pod| is_dns(pod, "kube-dns")).collect();
    let passes = |policy: &&Arc<NetworkPolicy>| {
        let rules = policy
            .spec
            .egress
            .iter()
            .filter(|rule| rule.ports.is_empty() || rule.ports.iter().any(asks_names));
        rules.into_iter().any(|rule| {
            let namespace = &policy.metadata.namespace;
            let outside = rule.peers().iter().any(|peer| peer.ip_block.is_some());
            let open = rule.peers().is_empty() || servers.is_empty() || outside;
            open || servers.iter().any(|server| admits_peer(view, rule, namespace, server))
        })
    };
    (!policies.iter().any(passes)).then_some(policies)
}

fn is_dns(pod: &Pod, app: &str) -> bool {
    pod.metadata.labels.get("k8s-app").is_some_and(|label| *label == app)
}

/// A rule that lets nothing but questions to name servers pass.
pub(crate) fn is_for_names(rule: &NetworkPolicyRule) -> bool {
    let for_names = |port: &PolicyPort| port.port.is_some() && port.end_port.is_none() && asks_names(port);
    !rule.ports.is_empty() && rule.ports.iter().all(for_names)
}

/// A rule's port lets questions to a name server pass: 53, or what the server's pods call it.
fn asks_names(port: &PolicyPort) -> bool {
    match &port.port {
        None => true,
        Some(PortRef::Number(number)) => {
            let last = port.end_port.unwrap_or(*number);
            [53, 5353, 8053, 1053].iter().any(|dns| (*number..=last).contains(dns))
        }
        Some(PortRef::Name(name)) => name.contains("dns"),
    }
}

/// What pods carry in place of a policy's selector, which matches none of them and no workload, but nearly
/// some.
pub(crate) fn misses(view: &View, policy: &NetworkPolicy) -> Option<labels::Instead> {
    let (namespace, selector) = (&policy.metadata.namespace, &policy.spec.pod_selector);
    let plain = &selector.match_labels;
    let unknown = !view.proves_absence::<Pod>(namespace) || policy.metadata.deletion_timestamp.is_some();
    if plain.is_empty() || !selector.match_expressions.is_empty() || unknown {
        return None;
    }
    let anybody = view.pods.in_namespace(namespace).iter().any(|pod| selector.matches(&pod.metadata.labels));
    if anybody || !workloads(view, namespace, plain).is_empty() {
        return None;
    }
    let pods = || view.pods.in_namespace(namespace).iter().filter(|pod| pod.should_run());
    let carried = |key: &Str, value: &Str| pods().any(|pod| pod.metadata.labels.get(key) == Some(value));
    let wrong: Vec<(&Str, &Str)> = plain.iter().filter(|(key, value)| !carried(key, value)).collect();
    let right = plain.iter().filter(|pair| !wrong.contains(pair));
    let rest: Map = right.map(|(key, value)| (key.clone(), value.clone())).collect();
    Some(labels::instead(view, namespace, &wrong, &rest)).filter(|instead| instead.near)
}
