//! Taking apart why the scheduler finds no node.

use crate::containers::{age, is_down, node_ref};
use crate::{placement, volume, words};
use std::collections::BTreeSet;
use view::{
    Kind, Node, NodeLabels, ObjectRef, PersistentVolumeClaim, Pod, Taint, Time, Toleration, View,
    parse_quantity,
};

/// One reason of the scheduler.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Reason<'a> {
    /// How many nodes it rules out; `None` when it is about the pod itself.
    pub nodes: Option<usize>,
    /// As written, without the number.
    pub text: &'a str,
}

/// The reasons in a `FailedScheduling` message: `0/3 nodes are available: 2 Insufficient cpu, 1 node(s)
/// were unschedulable. preemption: …`. Preemption and other afterthoughts are left out.
pub(crate) fn reasons(message: &str) -> Vec<Reason<'_>> {
    let list = message.split_once(" are available: ").map_or(message, |(_, list)| list);
    let list = list.split_once(". ").map_or(list, |(reasons, _)| reasons);
    let list =
        list.split_once(" preemption: ").map_or(list, |(reasons, _)| reasons).trim_end_matches(['.', ' ']);
    outside_braces(list).into_iter().map(reason).collect()
}

fn reason(text: &str) -> Reason<'_> {
    let text = text.trim();
    match text.split_once(' ').map(|(number, rest)| (number.parse(), rest)) {
        Some((Ok(nodes), rest)) => Reason { nodes: Some(nodes), text: rest },
        _ => Reason { nodes: None, text },
    }
}

/// Splits at commas that do not stand in braces (taints hold some).
fn outside_braces(list: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0_i32, 0);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&list[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&list[start..]);
    parts.retain(|part| !part.trim().is_empty());
    parts
}

/// What a pod requests of a resource, in its base unit: all containers together, or the largest init
/// container if that is more.
pub(crate) fn requested(pod: &Pod, resource: &str) -> f64 {
    let of = |c: &view::Container| {
        c.resources.requests.get(resource).and_then(|q| parse_quantity(q)).unwrap_or(0.0)
    };
    let (sidecars, init): (Vec<_>, Vec<_>) =
        pod.spec.init_containers.iter().partition(|c| c.restart_policy == "Always");
    let running: f64 = pod.spec.containers.iter().chain(sidecars).map(of).sum();
    init.into_iter().map(of).fold(running, f64::max)
}

/// The node with the most of a resource to give, and how much.
pub(crate) fn largest<'v>(view: &'v View, resource: &str) -> Option<(&'v Node, f64)> {
    let nodes = view.nodes.iter().filter(|node| !node.spec.unschedulable && !is_down(node));
    let amounts = nodes.map(|node| {
        let amount = node.status.allocatable.get(resource).and_then(|q| parse_quantity(q)).unwrap_or(0.0);
        (&**node, amount)
    });
    amounts.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// An amount of a resource as people write it.
pub(crate) fn amount(resource: &str, value: f64) -> String {
    const MI: f64 = 1_048_576.0;
    match resource {
        "memory" | "ephemeral-storage" if value >= 1024.0 * MI => {
            let gibi = (value / (1024.0 * MI) * 10.0).round() / 10.0;
            format!("{gibi}Gi")
        }
        "memory" | "ephemeral-storage" => format!("{:.0}Mi", value / MI),
        "cpu" if value < 1.0 => format!("{:.0}m", value * 1000.0),
        _ => format!("{}", (value * 100.0).round() / 100.0),
    }
}

/// The claims of a pod that are missing or not bound.
pub(crate) fn unbound_claims(view: &View, pod: &Pod) -> Vec<ObjectRef> {
    let namespace = &pod.metadata.namespace;
    let references = view::references(&pod.spec, &pod.metadata.name).into_iter();
    let claims = references.filter(|r| r.kind == Kind::PersistentVolumeClaim).filter(|r| {
        let claim = view.lookup::<PersistentVolumeClaim>(namespace, &r.name).found();
        claim.is_none_or(|claim| claim.status.phase != "Bound")
    });
    claims.map(|r| ObjectRef::new(Kind::PersistentVolumeClaim.name(), namespace.clone(), r.name)).collect()
}

/// What nodes offer instead of the labels that a pod's `nodeSelector` asks for, one line a label that no
/// node has; empty when every single one is offered.
pub(crate) fn unmet_labels(view: &View, pod: &Pod) -> Vec<String> {
    let there = view.node_labels();
    let unmet = pod.spec.node_selector.iter().filter(|(key, value)| !there.contains(key, value));
    let lines = unmet.map(|(key, value)| {
        let offered = words::join_some(there.values(key), 4);
        match offered.is_empty() {
            true => without_label(there, key),
            false => format!("no node has {key}={value}; nodes carry {key}={offered}"),
        }
    });
    lines.collect()
}

/// Says that no node has a label, and which one they have that may have been meant.
pub(crate) fn without_label(there: &NodeLabels, key: &str) -> String {
    match words::near(key, there.keys()).first() {
        Some(near) => format!("no node has the label {key}; nodes carry {near}"),
        None => format!("no node has the label {key}"),
    }
}

/// The nodes whose fault stands behind a reason (those with a taint that Kubernetes itself sets, or
/// cordoned ones) and that could take the pod if it were not for that fault.
pub(crate) fn nodes_behind(view: &View, pod: &Pod, text: &str) -> Vec<ObjectRef> {
    let cordoned = text.contains("were unschedulable") || text.contains("node.kubernetes.io/unschedulable");
    let faulty = |node: &&std::sync::Arc<Node>| {
        let tainted = taints_in(node, pod, text).any(|taint| taint.key.starts_with("node.kubernetes.io/"));
        (tainted || (cordoned && node.spec.unschedulable)) && could_take(node, pod)
    };
    view.nodes.iter().filter(faulty).map(|node| node_ref(&node.metadata.name)).collect()
}

/// The node that a pod is made for, as those of a DaemonSet are.
pub(crate) fn meant_for(pod: &Pod) -> Option<&str> {
    let terms = pod.spec.affinity.iter().flat_map(|a| &a.node_affinity.required.node_selector_terms);
    let mut fields = terms.flat_map(|term| &term.match_fields);
    let name = fields.find(|wanted| wanted.key == "metadata.name" && wanted.operator == "In")?;
    name.values.first().map(|value| value.as_str())
}

/// True for a reason about taints when none of the tainted nodes could take the pod anyway, and for one about
/// other nodes than the one that the pod is made for.
pub(crate) fn is_beside_the_point(view: &View, pod: &Pod, text: &str) -> bool {
    if meant_for(pod).is_some() && text.contains("node affinity/selector") {
        return true;
    }
    let tainted = || view.nodes.iter().filter(|node| taints_in(node, pod, text).next().is_some());
    text.contains("taint") && tainted().next().is_some() && !tainted().any(|node| could_take(node, pod))
}

/// The taints of a node that keep a pod away and that a reason means: the one in its braces, or, in the
/// shorter form `untolerated taint(s)`, all.
fn taints_in<'v>(node: &'v Node, pod: &'v Pod, text: &'v str) -> impl Iterator<Item = &'v Taint> {
    node.spec.taints.iter().filter(move |taint| {
        let meant = if text.contains('{') {
            text.contains(&format!("{{{}:", taint.key))
        } else {
            text.contains("taint")
        };
        meant
            && taint.effect != "PreferNoSchedule"
            && !pod.spec.tolerations.iter().any(|t| tolerates(t, taint))
    })
}

/// True when a pod with this toleration may run on a node with this taint.
pub(crate) fn tolerates(toleration: &Toleration, taint: &Taint) -> bool {
    let exists = toleration.operator == "Exists";
    let key = toleration.key == taint.key || (toleration.key.is_empty() && exists);
    let effect = toleration.effect.is_empty() || toleration.effect == taint.effect;
    key && effect && (exists || toleration.value == taint.value)
}

/// The node has the labels that the pod selects and, at its best, the room that it requests.
pub(crate) fn could_take(node: &Node, pod: &Pod) -> bool {
    let fits = |(resource, most): (&view::Str, &view::Str)| {
        parse_quantity(most).is_none_or(|most| requested(pod, resource) <= most)
    };
    pod.spec.node_selector.is_subset_of(&node.metadata.labels) && node.status.allocatable.iter().all(fits)
}

/// The taints that a reason names, or that nodes carry when it names none: `dedicated=batch`,
/// `node.kubernetes.io/unreachable`. `None` for reasons about something else.
pub(crate) fn taints(view: &View, pod: &Pod, text: &str) -> Option<Vec<String>> {
    let written =
        |key: &str, value: &str| if value.is_empty() { key.to_owned() } else { format!("{key}={value}") };
    let (_, rest) = text.split_once("taint")?;
    if let Some((key, value)) =
        rest.split_once('{').and_then(|(_, t)| t.split_once('}')).and_then(|(t, _)| t.split_once(':'))
    {
        return Some(vec![written(key.trim(), value.trim())]);
    }
    let carried = view.nodes.iter().flat_map(|node| taints_in(node, pod, text));
    let mut names: Vec<String> = carried.map(|taint| written(&taint.key, &taint.value)).collect();
    names.sort();
    names.dedup();
    Some(names)
}

/// True for a reason about claims and volumes, however the scheduler spells it.
pub(crate) fn is_about_volumes(text: &str) -> bool {
    let lower = text.to_lowercase();
    ["persistentvolume", "persistent volume", "volume node affinity", "binding volumes"]
        .iter()
        .any(|part| lower.contains(part))
}

/// Whether it is the nodeSelector or the nodeAffinity that nodes do not match.
fn node_labels(view: &View, pod: &Pod, many: usize, nodes: &str) -> String {
    let selector = pod.spec.node_selector.to_selector();
    let (affinity, unmet) = (placement::node_affinity(pod), placement::unmet_affinity(view, pod));
    let by_selector = !unmet_labels(view, pod).is_empty();
    if !by_selector && !unmet.is_empty() {
        return format!("no node matches its nodeAffinity {}", words::join_some(unmet, 3));
    }
    let what = match (selector.is_empty(), affinity.is_empty() || by_selector) {
        (true, true) => "nodeAffinity".to_owned(),
        (true, false) => format!("nodeAffinity {affinity}"),
        (false, true) => format!("nodeSelector {selector}"),
        (false, false) => format!("nodeSelector {selector} and nodeAffinity {affinity}"),
    };
    match many >= view.nodes.len() || by_selector {
        true => format!("no node matches its {what}"),
        false => format!("{nodes} not matching its {what}"),
    }
}

/// A reason in words, with the pod's own names and numbers.
pub(crate) fn in_words(view: &View, pod: &Pod, reason: &Reason<'_>) -> String {
    let (text, many) = (reason.text, reason.nodes.unwrap_or(0));
    let nodes = words::count(many, "node");
    if let Some(resource) = text.strip_prefix("Insufficient ") {
        let wanted = requested(pod, resource);
        let asks = amount(resource, wanted);
        return match largest(view, resource) {
            Some((_, 0.0)) if resource.contains('/') => {
                format!("it requests {resource} {asks}, and no node offers any")
            }
            Some((node, most)) if wanted > most => format!(
                "it requests {resource} {asks}, the largest node ({}) has {}",
                node.metadata.name,
                amount(resource, most)
            ),
            _ => format!("{nodes} with too little {resource} free for its request of {asks}"),
        };
    }
    if text.contains("node affinity/selector") {
        return node_labels(view, pod, many, &nodes);
    }
    if let Some(taints) = taints(view, pod, text) {
        let names =
            if taints.is_empty() { String::new() } else { format!(" ({})", words::join_some(taints, 3)) };
        return format!("{nodes} with a taint that it does not tolerate{names}");
    }
    if text.contains("were unschedulable") {
        return format!("{nodes} cordoned");
    }
    if text == "Too many pods" {
        let most = view.nodes.iter().filter_map(|node| node.status.allocatable.get("pods"));
        let most: BTreeSet<&str> = most.map(|pods| pods.as_str()).collect();
        return format!("{nodes} with as many pods as may run there ({})", words::join_some(most, 3));
    }
    if text == "no nodes available to schedule pods" {
        return "the cluster has no node".to_owned();
    }
    if let Some(told) = volume::in_words(view, pod, text, &nodes) {
        return told;
    }
    if text.contains("unbound immediate PersistentVolumeClaims") {
        let claims = unbound_claims(view, pod);
        if !claims.is_empty() {
            return format!("not bound: {}", words::join_some(claims, 3));
        }
    }
    if is_about_volumes(text) && !text.ends_with("not found") {
        let claims = unbound_claims(view, pod);
        if !claims.is_empty() {
            return format!("no volume for {}", words::join_some(claims, 3));
        }
    }
    if let Some(told) = placement::in_words(view, pod, text, &nodes) {
        return told;
    }
    let text = text.trim_start_matches("node(s) ");
    if reason.nodes.is_some() { format!("{nodes} that {text}") } else { text.to_owned() }
}

/// Seconds in which help that was promised should come.
const HELP: i64 = 300;

/// Somebody makes room for the pod: an autoscaler brings a node, the scheduler has evicted others for it, or
/// pods that hold what it lacks are going.
pub(crate) fn help_is_coming(view: &View, pod: &Pod, message: &str) -> bool {
    if age(view, pod).is_none_or(|age| age >= HELP) {
        return false;
    }
    let recent = |at: Time| view.now.seconds_since(at) < HELP;
    let promises = ["TriggeredScaleUp", "Nominated", "NotTriggerScaleUp"];
    let told = view.events_of("Pod", &pod.metadata).find(|event| promises.contains(&event.reason.as_str()));
    let promised = told
        .is_some_and(|event| event.reason != "NotTriggerScaleUp" && event.last_seen().is_some_and(recent));
    promised || !pod.status.nominated_node_name.is_empty() || room_is_made(view, pod, message)
}

/// Pods are going within their grace from a node that could hold what the pod lacks room for.
fn room_is_made(view: &View, pod: &Pod, message: &str) -> bool {
    // The time of deletion is when the grace ends.
    let going = |other: &Pod| other.metadata.deletion_timestamp.is_some_and(|at| view.now <= at);
    let reasons = reasons(message);
    let lacking: Vec<&str> = reasons.iter().filter_map(|r| r.text.strip_prefix("Insufficient ")).collect();
    let large = |node: &Node| {
        lacking.iter().all(|resource| {
            let has = node.status.allocatable.get(resource).and_then(|text| parse_quantity(text));
            has.is_some_and(|has| has >= requested(pod, resource))
        })
    };
    let from = |other: &Pod| view.nodes.get("", &other.spec.node_name).is_some_and(|node| large(node));
    !lacking.is_empty() && view.pods.iter().any(|other| going(other) && from(other))
}
