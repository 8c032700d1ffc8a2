//! What rules ask about the containers of a pod.

use crate::messages::without_secrets;
use crate::words;
use std::sync::Arc;
use view::{Container, ContainerStatus, Event, Kind, Node, ObjectRef, Pod, Terminated, Time, View};

/// After this many seconds without a crash a container that runs is out of its crash loop: twice the
/// kubelet's longest pause between two attempts.
const LOOP_SECONDS: i64 = 600;
/// A node that joined this lately (seconds) is still starting.
const JOINING: i64 = 120;
/// How long (seconds) the API server keeps events.
pub(crate) const EVENT_SECONDS: i64 = 3600;

/// A container of a pod: its status, what the spec says of it, and its part in the pod.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub pod: &'a Pod,
    pub status: &'a ContainerStatus,
    pub spec: Option<&'a Container>,
    /// Runs to completion before the others start; a native sidecar does not.
    pub init: bool,
}

/// What ended a container that keeps being restarted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Story {
    OutOfMemory,
    Probe,
    Itself,
}

/// Init containers and regular ones, with their statuses. Ephemeral containers never count.
pub(crate) fn seen(pod: &Pod) -> impl Iterator<Item = Seen<'_>> {
    pod.container_statuses().map(move |status| {
        let init = pod.spec.init_containers.iter();
        let init = init.filter(|c| c.restart_policy != "Always").any(|c| c.name == status.name);
        Seen { pod, status, spec: pod.spec.container(&status.name), init }
    })
}

impl<'a> Seen<'a> {
    /// `container web`, `init container migrate`.
    pub fn title(&self) -> String {
        format!("{}container {}", if self.init { "init " } else { "" }, self.status.name)
    }

    /// Why it waits; empty when it does not.
    pub fn waits_for(&self) -> &'a str {
        self.status.state.waiting.as_ref().map_or("", |waiting| waiting.reason.as_str())
    }

    /// The message of its waiting state; empty when it does not wait.
    pub fn waiting_message(&self) -> &'a str {
        self.status.state.waiting.as_ref().map_or("", |waiting| waiting.message.as_str())
    }

    /// How it ended last: now, or before the current attempt.
    pub fn last_end(&self) -> Option<&'a Terminated> {
        let status = self.status;
        status.state.terminated.as_ref().or(status.last_state.terminated.as_ref())
    }

    /// Seconds since it ended last.
    pub fn seconds_since_end(&self, now: Time) -> Option<i64> {
        self.last_end().and_then(|end| end.finished_at).map(|end| now.seconds_since(end))
    }

    /// True when it crashes again and again, whichever moment of the loop this is.
    pub fn is_looping(&self, now: Time) -> bool {
        let state = &self.status.state;
        if let Some(end) = &state.terminated {
            let again = self.pod.spec.restart_policy != "Never";
            return end.exit_code != 0 && self.status.restart_count >= 1 && again;
        }
        if state.running.is_some() {
            // "Unknown": the runtime lost it, as a node that starts anew does; nothing crashed.
            let crash = |end: &Terminated| end.exit_code != 0 && end.reason != "Unknown";
            let crashed = self.status.last_state.terminated.as_ref().is_some_and(crash);
            let lately = self.seconds_since_end(now).is_some_and(|s| s <= LOOP_SECONDS);
            return self.status.restart_count >= 3 && crashed && lately;
        }
        match self.waits_for() {
            "CrashLoopBackOff" => true,
            "RunContainerError" => self.status.last_state.terminated.is_some(),
            _ => false,
        }
    }

    /// What ended it last.
    pub fn story(&self, view: &View) -> Story {
        if self.last_end().is_some_and(|end| end.reason == "OOMKilled") {
            Story::OutOfMemory
        } else if self.kill(view).is_some() {
            Story::Probe
        } else {
            Story::Itself
        }
    }

    /// The newest event in which the kubelet ends this container because of a probe.
    pub fn kill<'v>(&self, view: &'v View) -> Option<&'v Arc<Event>>
    where
        'a: 'v,
    {
        let by_probe = |event: &&Arc<Event>| {
            let says = |probe| event.message.contains(probe);
            event.reason == "Killing" && (says("failed liveness probe") || says("failed startup probe"))
        };
        self.events(view).filter(|event| is_recent(view, event, EVENT_SECONDS)).find(by_probe)
    }

    /// The probe that may have ended it, when no event is left to tell: it ended as a signal makes it end,
    /// after just the time that the probe takes to fail. The kubelet's events are few and last an hour.
    pub fn suspected_probe(&self, end: &Terminated) -> Option<String> {
        let spec = self.spec?;
        let startup = spec.startup_probe.as_ref().map(|probe| ("startup", probe));
        let (name, probe) = spec.liveness_probe.as_ref().map(|probe| ("liveness", probe)).or(startup)?;
        let lived = end.finished_at?.seconds_since(end.started_at?);
        let period = probe.period_seconds.unwrap_or(10);
        let tries = period.saturating_mul(probe.failure_threshold.unwrap_or(3).saturating_sub(1));
        let least = probe.initial_delay_seconds.unwrap_or(0).saturating_add(tries);
        let grace = self.pod.spec.termination_grace_period_seconds.unwrap_or(30);
        let in_time = lived >= least && lived <= least.saturating_add(period).saturating_add(grace);
        let signalled = matches!(end.exit_code, 0 | 137 | 143);
        (in_time && signalled).then(|| format!("{name} probe ({})", without_secrets(&probe.describe())))
    }

    /// What the postStart hook runs, when the kubelet ended the last instance because it failed.
    pub fn failed_hook(&self, view: &View) -> Option<String> {
        let failed = self
            .events(view)
            .any(|event| event.reason == "FailedPostStartHook" && is_recent(view, event, EVENT_SECONDS));
        let hook = self.spec?.lifecycle.as_ref()?.post_start.as_ref().filter(|_| failed)?;
        let command = hook.exec.as_ref().map(|exec| format!("command `{}`", exec.command.join(" ")));
        let asks = hook.http_get.as_ref().map(|http| format!("GET {} on port {}", http.path, http.port));
        Some(words::bounded(&without_secrets(&command.or(asks)?)))
    }

    /// Events about this container, newest first.
    pub fn events<'v>(&self, view: &'v View) -> impl Iterator<Item = &'v Arc<Event>>
    where
        'a: 'v,
    {
        let field = format!("{{{}}}", self.status.name);
        let alone = self.pod.spec.containers.len() + self.pod.spec.init_containers.len() == 1;
        view.events_of("Pod", &self.pod.metadata).filter(move |event| {
            let place = &event.involved_object.field_path;
            place.ends_with(&field) || (place.is_empty() && alone)
        })
    }

    /// What the spec tells it to run; empty when that is left to the image.
    pub fn command(&self) -> String {
        let words = self.spec.into_iter().flat_map(|spec| spec.command.iter().chain(&spec.args));
        let joined = words.map(|word| word.as_str()).collect::<Vec<_>>().join(" ");
        words::bounded(&without_secrets(&joined))
    }

    /// Its limit of a resource, as written.
    pub fn limit(&self, resource: &str) -> Option<&'a str> {
        self.spec.and_then(|spec| spec.resources.limits.get(resource)).map(|limit| limit.as_str())
    }

    /// `kubectl logs` of the instance that ended.
    pub fn logs_command(&self) -> String {
        let meta = &self.pod.metadata;
        let previous = if self.last_log_is_previous() { " --previous" } else { "" };
        format!("kubectl -n {} logs {} -c {}{previous}", meta.namespace, meta.name, self.status.name)
    }

    /// True when the log of the last end belongs to the instance before the current one.
    pub fn last_log_is_previous(&self) -> bool {
        self.status.state.terminated.is_none()
    }
}

/// True when an event was seen within this many seconds, or tells no time.
pub(crate) fn is_recent(view: &View, event: &Event, seconds: i64) -> bool {
    event.last_seen().is_none_or(|seen| view.now.seconds_since(seen) <= seconds)
}

/// Seconds since a pod was accepted by its kubelet, or created; `None` when it tells neither.
pub(crate) fn age(view: &View, pod: &Pod) -> Option<i64> {
    let since = pod.status.start_time.or(pod.metadata.creation_timestamp)?;
    Some(view.now.seconds_since(since))
}

/// The pod's node, when the control plane holds it for not ready and it has had the time to become so.
pub(crate) fn node_down<'v>(view: &'v View, pod: &Pod) -> Option<&'v Arc<Node>> {
    view.nodes.get("", &pod.spec.node_name).filter(|node| is_down(node) && !is_joining(view, node))
}

/// True for a node that has just joined: its network is still being set up.
pub(crate) fn is_joining(view: &View, node: &Node) -> bool {
    node.metadata.creation_timestamp.is_some_and(|at| view.now.seconds_since(at) < JOINING)
}

/// True when a node's `Ready` condition is there and not True.
pub(crate) fn is_down(node: &Node) -> bool {
    view::condition(&node.status.conditions, "Ready").is_some_and(|ready| !ready.is_true())
}

/// A reference to a node by name.
pub(crate) fn node_ref(name: &str) -> ObjectRef {
    ObjectRef::new(Kind::Node.name(), "", name)
}

/// True when a Job manages the pod: its ends are the Job's story.
pub(crate) fn is_of_job(view: &View, pod: &Pod) -> bool {
    view.owner_of(&pod.metadata).is_some_and(|owner| owner.kind == Kind::Job.name())
}

/// `kubectl describe` of a pod.
pub(crate) fn describe(pod: &Pod) -> String {
    format!("kubectl -n {} describe pod {}", pod.metadata.namespace, pod.metadata.name)
}

/// The claims of a pod that a volume name means: the pod's own name for it, or its PersistentVolume's.
pub(crate) fn claims(view: &View, pod: &Pod, volume: &str) -> Vec<ObjectRef> {
    let namespace = &pod.metadata.namespace;
    let references = view::references(&pod.spec, &pod.metadata.name).into_iter();
    let meant = references.filter(|r| r.kind == Kind::PersistentVolumeClaim).filter(|r| {
        let claim = view.persistent_volume_claims.get(namespace, &r.name);
        matches!(&r.place, view::Place::Volume(name) if *name == volume)
            || claim.is_some_and(|claim| claim.spec.volume_name == volume)
    });
    meant.map(|r| ObjectRef::new(Kind::PersistentVolumeClaim.name(), namespace.clone(), r.name)).collect()
}
