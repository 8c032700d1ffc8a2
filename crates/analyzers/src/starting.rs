//! Why a pod that has its node is not started: the kubelet's and the attach controller's events taken apart.

use crate::containers::{age, claims, is_recent, node_down, node_ref, seen};
use crate::messages::{lacking, quoted_after, runtime_cause, unregistered_driver};
use crate::{storage, usage, words};
use std::sync::Arc;
use view::{Event, Kind, Object, ObjectRef, Pod, View};

const REASONS: &[&str] =
    &["FailedMount", "FailedAttachVolume", "FailedMapVolume", "FailedCreatePodSandBox", "NetworkNotReady"];
/// Younger pods (seconds) may see a first attempt fail and the second succeed.
const GRACE_SECONDS: i64 = 60;
/// Seconds in which the plugins of a new node start.
const JOINING_SECONDS: i64 = 180;
/// Events repeat at least this often (seconds) while the fault lasts.
const REPEAT_SECONDS: i64 = 900;

/// True for a pod that has its node, should be started by now, and of which no container ever was.
pub(crate) fn is_held_up(view: &View, pod: &Pod) -> bool {
    if !pod.should_run() || pod.spec.node_name.is_empty() {
        return false;
    }
    let creating = seen(pod)
        .any(|c| c.waits_for() == "ContainerCreating" || (c.init && c.waits_for() == "PodInitializing"));
    let begun = seen(pod).any(|c| c.status.state.running.is_some() || c.last_end().is_some());
    // On a node that has just joined, network plugin and drivers are themselves still starting.
    let node = view.nodes.get("", &pod.spec.node_name).and_then(|node| node.metadata.creation_timestamp);
    if node.is_some_and(|joined| view.now.seconds_since(joined) < JOINING_SECONDS) {
        return false;
    }
    creating && !begun && age(view, pod).is_none_or(|seconds| seconds >= GRACE_SECONDS)
}

/// Recent events about volumes and network of a pod that still hold.
pub(crate) fn failures<'v>(view: &'v View, pod: &'v Pod) -> impl Iterator<Item = &'v Arc<Event>> {
    view.events_of("Pod", &pod.metadata)
        .filter(|event| REASONS.contains(&event.reason.as_str()) && is_recent(view, event, REPEAT_SECONDS))
        .filter(move |event| !is_past(view, pod, event))
}

/// The node has come further since: it pulls an image only when volumes and network are there.
fn is_past(view: &View, pod: &Pod, event: &Event) -> bool {
    let further = ["Pulling", "Pulled", "Created", "Started"];
    let attached = event.reason == "FailedAttachVolume";
    let done = |later: &str| further.contains(&later) || (attached && later == "SuccessfulAttachVolume");
    let mut all = view.events_of("Pod", &pod.metadata);
    all.any(|other| done(other.reason.as_str()) && other.last_seen() >= event.last_seen())
}

/// What keeps a pod from being started.
pub(crate) struct Fault {
    /// The end of a sentence that begins with "cannot start".
    pub words: String,
    pub fix: String,
    pub because: Vec<ObjectRef>,
    /// Further proof from the cluster.
    pub proof: Vec<String>,
}

impl Fault {
    fn new(words: String, fix: String, because: Vec<ObjectRef>) -> Fault {
        Fault { words, fix, because, proof: Vec::new() }
    }

    pub(crate) fn of(view: &View, pod: &Pod, event: &Event) -> Fault {
        let message = event.message.as_str();
        if let Some(fault) = of_missing(view, pod, message) {
            return fault;
        }
        if message.contains("Multi-Attach") {
            return of_multi_attach(view, pod, message);
        }
        if matches!(event.reason.as_str(), "FailedCreatePodSandBox" | "NetworkNotReady") {
            return of_sandbox(view, pod, message);
        }
        of_volume(view, pod, event)
    }
}

/// A Secret, ConfigMap, key or service account that is not there.
fn of_missing(view: &View, pod: &Pod, message: &str) -> Option<Fault> {
    let missing = lacking(message, &pod.metadata.namespace, &pod.spec)?;
    let object = missing.object;
    let (words, fix) = match missing.key {
        Some(key) => (
            format!("{object} has no key {key}"),
            format!("add key {key} to {object}, or correct the volume's items"),
        ),
        None => (
            format!("{object} does not exist"),
            format!("create {object}, or correct the name in the pod's volumes"),
        ),
    };
    let mut because = vec![object];
    because.extend(usage::absent(view, pod));
    Some(Fault::new(words, fix, because))
}

/// A volume that may be on one node at a time, while another node still has it.
fn of_multi_attach(view: &View, pod: &Pod, message: &str) -> Fault {
    let volume = quoted_after(message, "for volume ").unwrap_or_default();
    let mut because = claims(view, pod, volume);
    let elsewhere = |other: &&&Arc<Pod>| {
        !other.is_finished() && !other.spec.node_name.is_empty() && other.spec.node_name != pod.spec.node_name
    };
    let users: Vec<_> = because.iter().flat_map(|claim| storage::users_of(view, claim)).collect();
    let holders: Vec<_> = users.iter().filter(elsewhere).collect();
    let attached = storage::attachments(view, volume);
    let attached: Vec<_> =
        attached.filter(|a| a.status.attached && a.spec.node_name != pod.spec.node_name).collect();
    let node = holders.first().map(|holder| holder.spec.node_name.as_str());
    let node = node.or(attached.first().map(|a| a.spec.node_name.as_str())).unwrap_or("another node");
    let by =
        holders.iter().map(|holder| format!("Pod {}/{}", holder.metadata.namespace, holder.metadata.name));
    let by = words::join_some(by, 2);
    let place = if node == "another node" { node.to_owned() } else { format!("node {node}") };
    let words = match by.is_empty() {
        true => format!("volume {volume} is still attached to {place}"),
        false => format!("volume {volume} is still attached to {place}, where {by} uses it"),
    };
    // A holder that should be gone or whose node is down explains it; one that works does not.
    let stuck = holders.iter().filter(|holder| holder.is_terminating() || node_down(view, holder).is_some());
    because.extend(stuck.map(|holder| holder.reference()));
    because.extend(attached.iter().map(|attachment| attachment.reference()));
    if node != "another node" {
        because.push(node_ref(node));
    }
    let own = |pod: &Pod| view.top_owner(&pod.reference(), &pod.metadata);
    let owner = own(pod);
    let same = holders.iter().any(|holder| own(holder) == owner);
    let fix = match holders.first() {
        Some(_) if same && owner.kind == "Deployment" => format!(
            "set strategy.type of {owner} to Recreate: its volume can be on one node only, and a rolling update starts the new pod before the old one is gone"
        ),
        Some(holder) if holder.is_terminating() => {
            format!("wait until {by} is gone, or see why it does not go")
        }
        Some(_) => format!("run both pods on one node, end {by}, or use a volume with ReadWriteMany"),
        None => format!("wait until {place} lets go of volume {volume}, or end the pod there that uses it"),
    };
    let mut fault = Fault::new(words, fix, because);
    fault.proof.extend(
        attached
            .iter()
            .map(|a| format!("VolumeAttachment {}: attached to node {}", a.metadata.name, a.spec.node_name)),
    );
    fault.proof.extend(
        storage::volumes_of(view, pod).into_iter().filter(|(_, v)| v.metadata.name == volume).map(
            |(claim, _)| {
                let modes: Vec<&str> = claim.spec.access_modes.iter().map(|mode| mode.as_str()).collect();
                format!("claim {} has access mode {}", claim.metadata.name, modes.join("+"))
            },
        ),
    );
    fault
}

/// Telling parts of messages about sandboxes (lower case), and what to do.
const SANDBOX: &[(&[&str], &str)] = &[
    (
        &["no ip addresses available", "failed to assign an ip address", "ip exhaustion", "no available ip"],
        "no addresses are left for pods: enlarge the range of the network plugin, or run fewer pods on the node",
    ),
    (
        &["no runtime for", "runtimehandler", "runtime handler"],
        "install the runtime that the pod's runtimeClassName names on the node, or correct runtimeClassName",
    ),
    (
        &["pull", "pause"],
        "let the node pull its pause image, or correct the sandbox image of its container runtime",
    ),
    (&["seccomp"], "put the seccomp profile on the node, or correct seccompProfile of the pod"),
    (
        &[
            "too many open files",
            "no space left",
            "cannot allocate memory",
            "resource temporarily unavailable",
        ],
        "free the resource of the node that the message names",
    ),
];

fn of_sandbox(view: &View, pod: &Pod, message: &str) -> Fault {
    let node = &pod.spec.node_name;
    let words = format!("its network or sandbox cannot be set up: {}", runtime_cause(message));
    let lower = message.to_lowercase();
    let known = SANDBOX.iter().find(|(parts, _)| match *parts {
        ["pull", "pause"] => parts.iter().all(|part| lower.contains(part)),
        _ => parts.iter().any(|part| lower.contains(part)),
    });
    let fix = match known {
        Some((_, hint)) => format!("{hint} (node {node})"),
        None => format!("look at the CNI plugin and the container runtime of node {node}"),
    };
    let mut fault = Fault::new(words, fix, vec![node_ref(node)]);
    // The network plugin's own pod there, when it is not well.
    let plugin = quoted_after(message, "plugin type=")
        .map(|plugin| plugin.trim_end_matches("-cni"))
        .filter(|p| p.len() > 3);
    let broken = view.pods.iter().filter(|other| {
        let meant = plugin.is_some_and(|plugin| other.metadata.name.contains(plugin));
        meant && other.spec.node_name == *node && other.should_run() && !other.is_ready()
    });
    for other in broken.take(2) {
        let reference = other.reference();
        fault.proof.push(format!("{reference} on node {node}: {}", crate::readiness::state(other)));
        fault.because.push(reference);
    }
    fault
}

/// The names in `unmounted volumes=[data cache]`.
fn unmounted(message: &str) -> Vec<&str> {
    let list = message.split_once("unmounted volumes=[").and_then(|(_, rest)| rest.split_once(']'));
    list.map(|(names, _)| names.split([' ', ',']).filter(|name| !name.is_empty()).collect())
        .unwrap_or_default()
}

fn of_volume(view: &View, pod: &Pod, event: &Event) -> Fault {
    let message = event.message.as_str();
    let node = &pod.spec.node_name;
    let volume = quoted_after(message, "for volume ");
    let meant: Vec<&str> = volume.into_iter().chain(unmounted(message)).collect();
    let mut because: Vec<ObjectRef> = meant.iter().flat_map(|volume| claims(view, pod, volume)).collect();
    let bound = because.iter().filter_map(|c| view.persistent_volume_claims.get(&c.namespace, &c.name));
    let here = bound.flat_map(|claim| storage::attachments(view, &claim.spec.volume_name));
    let here: Vec<ObjectRef> = here.filter(|a| a.spec.node_name == *node).map(|a| a.reference()).collect();
    because.extend(here);
    let what = match meant.as_slice() {
        [] => "its volumes".to_owned(),
        [one] => format!("volume {one}"),
        several => format!("volumes {}", several.join(", ")),
    };
    let verb = if event.reason == "FailedAttachVolume" { "attached" } else { "mounted" };
    if let Some(driver) = unregistered_driver(message) {
        because.insert(0, ObjectRef::new(Kind::CSIDriver.name(), "", driver));
        let words = format!("{what} cannot be mounted: CSI driver {driver} is not registered on node {node}");
        return Fault::new(
            words,
            format!("bring the node plugin of driver {driver} up on node {node}"),
            because,
        );
    }
    let cause = message.split_once(" : ").map_or(message, |(_, cause)| cause);
    if let Some(why) = cause.strip_prefix("hostPath type check failed: ") {
        let path = why.split_once(" is not ").map_or(why, |(path, _)| path);
        let fix = format!(
            "create {path} on node {node}, or correct the type of hostPath volume {}",
            volume.unwrap_or_default()
        );
        return Fault::new(format!("{what} cannot be mounted: on node {node} {why}"), fix, because);
    }
    if message.contains("unmounted volumes=[") {
        let words = format!("{what} cannot be mounted in time, and no event says why");
        return Fault::new(
            words,
            format!("look at the kubelet of node {node}, and at the events of {what}"),
            because,
        );
    }
    let told = runtime_cause(cause);
    let fix = match () {
        () if ["bad option", "helper program", "mount.nfs: not found"]
            .iter()
            .any(|part| cause.contains(part)) =>
        {
            format!(
                "install the client of this file system (nfs-common, cifs-utils) on node {node}, or correct the server and path of {what}"
            )
        }
        () => format!("correct what keeps {what} from being {verb} on node {node}"),
    };
    Fault::new(format!("{what} cannot be {verb}: {told}"), fix, because)
}
